"""Eight processes at once, each with 200 audited changes: one chain without a gap, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models import Account, AuditEvent
from models.operations.audit.verify import verify_trail
from tests.models.operations.people import superuser, user

if TYPE_CHECKING:
    from tui.database import Database

WRITERS: Final = 8
CHANGES: Final = 200
ROOT: Final = Path(__file__).parents[4]


async def test_the_chain_of_eight_processes_is_contiguous_and_whole(database: Database, database_url: str) -> None:
    root = await superuser()
    targets = [await user(f"user{number}", full_name="before") for number in range(WRITERS)]
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.models.operations.audit.writers"),
            *(database_url, str(root.id), str(target.id), str(CHANGES)),
            cwd=ROOT,
            stderr=asyncio.subprocess.PIPE,
        )
        for target in targets
    ]
    ended = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0] * WRITERS, [said[1] for said in ended]
    report = await verify_trail()
    assert (report.rows, report.bad, report.tip_seq) == (WRITERS * CHANGES, None, WRITERS * CHANGES)
    assert await AuditEvent.filter(outcome="ok").count() == WRITERS * CHANGES, "no deadlock was recorded, nor an error"
    versions = await Account.filter(id__in=[target.id for target in targets]).values_list("version", flat=True)
    assert [int(str(version)) for version in versions] == [CHANGES + 1] * WRITERS
