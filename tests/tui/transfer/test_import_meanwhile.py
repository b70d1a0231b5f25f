"""What happens between the plan of an import and its end: other writers, another file, a stop, the database itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models import Account, AuditEvent
from models.operations import Status, apply, plan_edit
from models.operations.importing import ImportProgress, Stage
from tests.models.operations.people import acting, set_columns, superuser, user
from tui.transfer.errors import TransferError
from tui.transfer.importing import ImportRequest, apply_file, plan_file, request_of, write_errors

if TYPE_CHECKING:
    from tui.database import Database
from tests.tui.transfer.texts import counts_of, errors_of, everybody, import_text, plan_text


async def test_a_user_who_changed_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    ann, bob = await user("ann"), await user("bob")
    planned = await plan_text(tmp_path / "u.csv", actor, "username,full_name\nann,Ann\nbob,Bob\nnew,New\n")
    await set_columns(bob, full_name="Robert", version=bob.version + 1)
    before = await everybody()
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert outcome.conflicts == ((3, f"bob (#{bob.id}) was changed meanwhile."),)
    assert await everybody() == before
    assert (await AuditEvent.get(action="users.import")).outcome == "conflict"
    del ann


async def test_a_name_that_came_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    old = await user("old")
    planned = await plan_text(tmp_path / "u.csv", actor, "username,email\npaypal,\nbank,\n")
    await user("раураl")
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert "looks like" in outcome.sentence
    assert not await Account.filter(username="bank").exists()
    del old


async def test_a_name_that_was_taken_by_a_rename_meanwhile_stops_all_of_it(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    old = await user("old")
    planned = await plan_text(tmp_path / "u.csv", acting(root), "username,email\npaypal,\nbank,\n")
    renamed = await apply(await plan_edit(acting(root), old, {"username": "раураl"}))
    assert renamed.status is Status.OK
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.CONFLICT
    assert f"(#{old.id})" in outcome.sentence
    assert not await Account.filter(username="bank").exists()


async def test_a_file_that_changes_under_it_is_refused(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "u.csv"
    planned = await plan_text(path, actor, "username,email\nann,\n")
    path.write_text("username,email\neve,\n")
    with pytest.raises(TransferError, match="was changed since"):
        await apply_file(planned)
    planned.close()
    assert await Account.all().count() == 1


async def test_who_may_not_is_refused_before_and_under_lock(database: Database, tmp_path: Path) -> None:
    boss = await superuser()
    helper = await user("helper", "support")
    planned = await plan_text(tmp_path / "u.csv", acting(helper), "username,email\nann,\n")
    assert [refusal.code for refusal in planned.plan.refusals] == ["permission", "permission"]
    outcome = await apply_file(planned)
    planned.close()
    assert outcome.status is Status.REFUSED
    assert not await Account.filter(username="ann").exists()
    assert (await AuditEvent.get(action="users.import")).outcome == "denied"

    worker = await user("worker", "operator")
    await user("auditor", "auditor")
    text = "username,full_name,email\nroot,Root,\nauditor,Aud,aud@example.org\nhelper,Help,h@example.org\n"
    planned = await plan_text(tmp_path / "v.csv", acting(worker), text)
    assert "superuser" in errors_of(planned)[2]
    assert "holds permissions" in errors_of(planned)[3]
    assert 4 not in errors_of(planned)
    planned.close()

    planned = await plan_text(tmp_path / "w.csv", acting(worker), "username,email\nann,\n")
    await set_columns(worker, is_active=False)
    assert (await apply_file(planned)).status is Status.REFUSED
    planned.close()
    del boss


async def test_a_cancelled_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    text = "username,email\n" + "".join(f"user{n:04},\n" for n in range(1500))
    planned = await plan_text(tmp_path / "u.csv", actor, text)

    def stop(progress: ImportProgress) -> None:
        if progress.stage is Stage.RECORDING:
            task.cancel()

    task = asyncio.create_task(apply_file(planned, stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await Account.all().count() == 1
    assert (await apply_file(planned)).created == 1500
    planned.close()


async def test_more_than_one_transaction_takes_is_done_in_several(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.operations.importing.parts.ATOMIC", 4)
    actor = acting(await superuser())
    for number in range(6):
        await user(f"old{number}")
    text = "username,full_name\n" + "".join(f"old{n},X\nnew{n},Y\n" for n in range(6))
    outcome = await import_text(tmp_path / "u.csv", actor, text)
    assert (outcome.status, outcome.created, outcome.updated) == (Status.OK, 6, 6)
    events = await AuditEvent.filter(action="users.import")
    assert len({event.op_id for event in events}) == 4
    assert len({event.batch_id for event in events}) == 1
    assert len(events) == 12 + 4


async def test_the_constraints_of_the_database_are_heard(database: Database, tmp_path: Path, dialect: str) -> None:
    from tests.models.operations import raw

    actor = acting(await superuser())
    for number in range(5):
        await user(f"old{number}")
    await raw.execute(
        database,
        "CREATE TRIGGER t BEFORE UPDATE ON users WHEN NEW.full_name = 'No' BEGIN SELECT RAISE(ABORT, 'no'); END;"
        if dialect == "sqlite"
        else "ALTER TABLE users ADD CONSTRAINT no CHECK (full_name <> 'No')",
    )
    text = "username,full_name\nold0,Yes\nold1,No\nold2,Yes\nold3,No\nold4,Yes\n"
    planned = await plan_text(tmp_path / "u.csv", actor, text)
    assert counts_of(planned) == (0, 3, 0, 2)
    assert sorted(errors_of(planned)) == [3, 5]
    path = tmp_path / "errors.csv"
    assert await write_errors(planned.plan, path) == 2
    assert path.read_text().splitlines()[0] == "line,username,error"
    planned.close()


async def test_changing_the_file_while_it_is_read_is_noticed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = acting(await superuser())
    path = tmp_path / "u.csv"
    text = "username,email\n" + "".join(f"user{n:04},\n" for n in range(1500))
    await asyncio.to_thread(path.write_text, text)

    def append(_: ImportProgress) -> None:
        with path.open("a") as file:
            file.write("eve,\n")

    request: ImportRequest = request_of(path)
    with pytest.raises(TransferError, match="while it was read"):
        await plan_file(request, actor, append)
