"""Files of users read in for a test, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import User
from models.operations.importing import ImportOutcome, Verdict
from tui.transfer.importing import PlannedImport, apply_file, plan_file, request_of

if TYPE_CHECKING:
    from models.operations import Actor


async def plan_text(path: Path, actor: Actor, text: str | bytes | None = None, **fields: Any) -> PlannedImport:
    if text is not None:
        await asyncio.to_thread(path.write_bytes, text.encode() if isinstance(text, str) else text)
    return await plan_file(replace(request_of(path), **fields), actor)


async def import_text(path: Path, actor: Actor, text: str | bytes | None = None, **fields: Any) -> ImportOutcome:
    planned = await plan_text(path, actor, text, **fields)
    try:
        return await apply_file(planned)
    finally:
        planned.close()


def counts_of(planned: PlannedImport) -> tuple[int, int, int, int]:
    counts = planned.plan.counts
    return counts[Verdict.CREATE], counts[Verdict.UPDATE], counts[Verdict.UNCHANGED], counts[Verdict.ERROR]


def errors_of(planned: PlannedImport) -> dict[int, str]:
    return {row.line: row.error for row in planned.plan.spool.sample(Verdict.ERROR, 0, 100)}


async def everybody() -> list[dict[str, Any]]:
    return list(await User.all().order_by("id").values())
