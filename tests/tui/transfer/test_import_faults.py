"""An import whose COMMIT is not answered: done once, or not at all, and never called what it is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models import Account
from models.operations import Status, verify_chain
from models.operations.importing import apply_import, check_import_again
from tests.faults.lost_commits import settle_after
from tests.faults.proxy import Fault
from tests.models.operations.people import acting, superuser
from tui.transfer.importing import plan_file, request_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.proxy import FaultProxy
    from tui.database import Database
    from tui.transfer.importing import PlannedImport

pytestmark = pytest.mark.postgres_only


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    return settle_after(proxy, monkeypatch)


async def _planned(path: Path) -> PlannedImport:
    actor = acting(await superuser())
    await asyncio.to_thread(path.write_text, "username,email\nann,\nbob,\n")
    return await plan_file(request_of(path), actor)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_a_lost_answer_is_settled_and_everybody_is_there_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault, tmp_path: Path
) -> None:
    planned = await _planned(tmp_path / "u.csv")
    proxy.lose_commit(fault)
    outcome = await apply_import(planned.plan)
    planned.close()
    assert (outcome.status, outcome.created) == (Status.OK, 2)
    assert await Account.all().count() == 3
    assert (await verify_chain()).is_whole


async def test_what_nobody_knows_is_asked_again(
    proxy: FaultProxy, through: Database, settling: list[Fault], tmp_path: Path
) -> None:
    planned = await _planned(tmp_path / "u.csv")
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    settling += [Fault.REFUSE, Fault.REFUSE]
    outcome = await apply_import(planned.plan)
    assert outcome.status is Status.UNKNOWN
    assert outcome.created == 0
    assert (await check_import_again(planned.plan, outcome)).status is Status.UNKNOWN
    proxy.fault = Fault.NONE
    settled = await check_import_again(planned.plan, outcome)
    planned.close()
    assert (settled.status, settled.created) == (Status.OK, 2)
    assert await Account.all().count() == 3
