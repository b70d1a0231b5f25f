"""An import whose rows the database takes and does not write, as row security does: nothing stays, and it is known."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models import Account, AuditEvent
from models.operations import Status, verify_chain
from models.operations.importing import apply_import
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.raw import execute
from tui.transfer.importing import plan_file, request_of

if TYPE_CHECKING:
    from pathlib import Path

    from tui.database import Database

SILENT = {
    "sqlite": "CREATE TRIGGER silent BEFORE {verb} ON users BEGIN SELECT RAISE(IGNORE); END",
    "postgres": (
        "CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER silent BEFORE {verb} ON users FOR EACH ROW EXECUTE FUNCTION silent()"
    ),
}


@pytest.mark.parametrize(
    ("verb", "lines"), [("INSERT", "username,email\nann,\n"), ("UPDATE", "username,full_name\nbob,Bob\n")]
)
async def test_it_is_refused_with_a_row_of_the_audit(database: Database, tmp_path: Path, verb: str, lines: str) -> None:
    actor = acting(await superuser())
    await user("bob")
    path = tmp_path / "users.csv"
    await asyncio.to_thread(path.write_text, lines)
    planned = await plan_file(request_of(path), actor)
    await execute(database, SILENT[database.dialect].format(verb=verb))
    outcome = await apply_import(planned.plan)
    planned.close()
    assert outcome.status is Status.REFUSED
    assert "did not let this connection write every row" in outcome.sentence
    assert await Account.all().count() == 2
    event = await AuditEvent.get()
    assert (event.action, event.outcome, event.actor_label) == ("users.import", "denied", "root")
    assert (await verify_chain()).is_whole
