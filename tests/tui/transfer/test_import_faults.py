"""An import whose COMMIT is not answered: done once, or not at all, and never called what it is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from models import Account
from models.operations import Status, verify_chain
from models.operations.importing import apply_import, check_import_again
from tests.fault_proxy import Fault, FaultProxy
from tests.models.operations.people import acting, superuser
from tui.database import Database, open_database
from tui.settings import parse_url
from tui.transfer.importing import plan_file, request_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.postgres import PostgresServer
    from tui.transfer.importing import PlannedImport

pytestmark = pytest.mark.postgres_only


@pytest.fixture
async def proxy(postgres_server: PostgresServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(postgres_server) as running:
        yield running


@pytest.fixture
async def through(proxy: FaultProxy, database_url: str) -> AsyncIterator[Database]:
    name = urlsplit(database_url).path.removeprefix("/")
    async with await open_database(parse_url(proxy.url(name), insecure_tls=True)) as opened:
        yield opened


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """What the line does once a COMMIT is lost: nothing more, or the one fault of this list."""
    then: list[Fault] = []
    settle = apply_import.__globals__["settle"]

    async def after_the_fault(*arguments: Any, seconds: float = 30.0) -> Any:
        proxy.fault = then[0] if then else Fault.NONE
        if then:
            proxy.cut()
            return await settle(*arguments, seconds=0.5)
        return await settle(*arguments, seconds=seconds)

    monkeypatch.setitem(apply_import.__globals__, "settle", after_the_fault)
    return then


async def _planned(path: Path) -> PlannedImport:
    actor = acting(await superuser())
    await asyncio.to_thread(path.write_text, "username,email\nann,\nbob,\n")
    return await plan_file(request_of(path), actor)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AT_COMMIT, Fault.CUT_AFTER_COMMIT])
async def test_a_lost_answer_is_settled_and_everybody_is_there_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault, tmp_path: Path
) -> None:
    planned = await _planned(tmp_path / "u.csv")
    proxy.commit_seen.clear()
    proxy.fault = fault
    outcome = await apply_import(planned.plan)
    planned.close()
    assert (outcome.status, outcome.created) == (Status.OK, 2)
    assert await Account.all().count() == 3
    assert (await verify_chain()).is_whole


async def test_what_nobody_knows_is_asked_again(
    proxy: FaultProxy, through: Database, settling: list[Fault], tmp_path: Path
) -> None:
    planned = await _planned(tmp_path / "u.csv")
    proxy.commit_seen.clear()
    proxy.fault = Fault.CUT_AFTER_COMMIT
    settling.append(Fault.REFUSE)
    outcome = await apply_import(planned.plan)
    assert outcome.status is Status.UNKNOWN
    assert outcome.created == 0
    assert (await check_import_again(planned.plan, outcome)).status is Status.UNKNOWN
    settling.clear()
    proxy.fault = Fault.NONE
    settled = await check_import_again(planned.plan, outcome)
    planned.close()
    assert (settled.status, settled.created) == (Status.OK, 2)
    assert await Account.all().count() == 3
