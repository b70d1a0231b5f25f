"""A file of users read in: what it creates and changes, and that nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models import Account, AuditEvent
from models.operations import Status, verify_chain
from models.operations.importing import Verdict
from tests.models.operations.people import acting, superuser, user
from tests.tui.browse.people import people
from tests.tui.transfer.people import hostile_people, visible
from tui.browse.lists.orders import parse_order
from tui.browse.search.query import parse
from tui.transfer.columns import DEFAULT
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.importing import apply_file
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from tui.database import Database
from tests.tui.transfer.texts import counts_of, errors_of, everybody, import_text, plan_text


@pytest.mark.parametrize("form", Format)
async def test_what_was_exported_is_unchanged(database: Database, tmp_path: Path, form: Format) -> None:
    actor = acting(await superuser())
    await people(50)
    if form is Format.JSONL:
        await hostile_people()
    path = tmp_path / f"users.{form}"
    # CSV shows what cannot be seen as escapes, so it is no way to carry such names.
    ids = [
        one.id
        for one in await Account.filter(deleted_at=None)
        if form is Format.JSONL or visible(one.username + (one.email or ""))
    ]
    request = ExportRequest(parse(""), parse_order("id"), DEFAULT, form, path, tuple(ids))
    await export_users(request, actor)
    planned = await plan_text(path, actor)
    create, update, unchanged, errors = counts_of(planned)
    assert (create, update, unchanged + errors) == (0, 0, len(ids))
    if form is Format.CSV:
        assert errors == 0
    planned.close()


async def test_a_file_creates_and_changes_exactly_what_was_shown(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    ann = await user("ann", email="ann@old.example", full_name="Ann")
    bob = await user("Bob")
    carl = await user("carl", full_name="Carl")
    path = tmp_path / "users.csv"
    text = (
        "id,username,Mail,full_name,must_change_password,expires_at\n"
        f"{ann.id},annette,ann@new.example,Ann,true,2030-01-01 00:00:00+00\n"
        ',bob,,"Bob, the ""builder""",,\n'
        f"{carl.id},carl,,Carl,,\n"
        ",dora,dora@example.org,Dora,yes,\n"
    )
    planned = await plan_text(path, acting(root), text, reason="moved")
    assert counts_of(planned) == (1, 2, 1, 0)
    assert planned.plan.spool.sample(Verdict.UPDATE)[0].changes["username"] == ["ann", "annette"]
    before = await everybody()
    assert [row["username"] for row in before] == ["root", "ann", "Bob", "carl"]
    outcome = await apply_file(planned)
    planned.close()
    assert (outcome.status, outcome.created, outcome.updated) == (Status.OK, 1, 2)
    now = {row["username"]: row for row in await everybody()}
    assert list(now) == ["root", "annette", "Bob", "carl", "dora"]
    assert (now["annette"]["email"], now["annette"]["email_key"]) == ("ann@new.example", "ann@new.example")
    assert (now["annette"]["username_key"], now["annette"]["version"]) == ("annette", ann.version + 1)
    assert now["annette"]["must_change_password"] is True
    assert now["annette"]["expires_at"].isoformat() == "2030-01-01T00:00:00+00:00"
    assert now["annette"]["hashed_password"] == before[1]["hashed_password"]
    assert now["Bob"]["full_name"] == 'Bob, the "builder"'
    assert now["carl"] == before[3]
    dora = now["dora"]
    assert (dora["has_usable_password"], dora["must_change_password"], dora["is_active"]) == (False, True, True)
    assert dora["hashed_password"].startswith("$argon2id$")
    assert dora["created_by_id"] == root.id
    assert dora["id"] > bob.id

    events = await AuditEvent.filter(action="users.import").order_by("seq")
    assert [event.target_label for event in events] == ["users.csv", "annette", "Bob", "dora"] or [
        event.target_label for event in events
    ] == ["users.csv", "ann", "Bob", "dora"]
    assert {event.batch_id for event in events} == {planned.plan.op_id}
    assert {event.reason for event in events} == {"moved"}
    assert events[0].meta["created"] == 1
    assert events[0].meta["sha256"] == planned.plan.digest
    assert events[1].changes["email"] == ["ann@old.example", "ann@new.example"]
    assert (events[1].version_before, events[1].version_after) == (ann.version, ann.version + 1)
    assert (events[3].target_id, events[3].version_before) == (dora["id"], None)
    assert (await verify_chain()).is_whole


async def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    path = tmp_path / "users.csv"
    text = "username,email,full_name\n" + "".join(f"user{n:04},u{n}@example.org,U {n}\n" for n in range(2500))
    outcome = await import_text(path, actor, text)
    assert (outcome.status, outcome.created) == (Status.OK, 2500)
    assert await Account.all().count() == 2501
    again = await plan_text(path, actor)
    assert counts_of(again) == (0, 0, 2500, 0)
    assert (await apply_file(again)).status is Status.UNCHANGED
    again.close()
    assert await AuditEvent.filter(action="users.import").count() == 2501
    assert (await verify_chain()).is_whole


async def test_planning_changes_nothing(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    await user("ann")
    before = await everybody()
    planned = await plan_text(tmp_path / "u.csv", actor, "username,full_name\nann,Ann\nnew,New\n")
    planned.close()
    assert await everybody() == before
    assert not await AuditEvent.filter(action="users.import").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom", "cp1252"])
async def test_encodings_and_delimiters_are_found_out(database: Database, tmp_path: Path, encoding: str) -> None:
    actor = acting(await superuser())
    text = "username;Display Name\r\nann;José; no\r\n".replace("; no", "")
    data = ("\ufeff" + text).encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    named = {"encoding": encoding} if encoding == "cp1252" else {}
    assert (await import_text(tmp_path / "u.csv", actor, data, **named)).created == 1
    assert (await Account.get(username="ann")).full_name == "José"


async def test_json_lines_leave_what_they_do_not_name(database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    ann = await user("ann", email="ann@example.org", full_name="Ann")
    rows: list[Any] = [
        {"id": ann.id, "email": None},
        {"username": "new", "is_verified": True, "roles": ["support"], "full_name": "=1+1"},
        {"username": "bad", "is_verified": "yes"},
        {"username": "bad2", "email": 5},
        {"id": True, "username": "bad3"},
        {"username": "bad4", "full_name": "\ud800"},
    ]
    text = (
        "\n".join(json.dumps(row) for row in rows) + '\n{"username": "x", "username": "y"}\n{"username": NaN}\n"x"\n\n'
    )
    planned = await plan_text(tmp_path / "u.jsonl", actor, text)
    assert counts_of(planned) == (1, 1, 0, 7)
    assert sorted(errors_of(planned)) == [3, 4, 5, 6, 7, 8, 9]
    assert planned.columns.own == ("roles",)
    planned.close()
    done = await import_text(tmp_path / "v.jsonl", actor, "\n".join(json.dumps(row) for row in rows[:2]))
    assert done.status is Status.OK
    now = await Account.get(id=ann.id)
    assert (now.email, now.full_name) == (None, "Ann")
    assert (await Account.get(username="new")).full_name == "=1+1"
