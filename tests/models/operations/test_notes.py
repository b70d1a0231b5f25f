"""Notes on a user: who may write, pin and delete one, and what of it the audit keeps."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import UserNote
from models.operations import RefusalCode, Status, TargetGone, apply, plan_add_note, plan_delete_note, plan_pin
from models.operations.notes import LONGEST, MOST
from tests.models.operations.people import acting, events, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

TEXT = "Calls on Mondays.\nAsk for the employee number: \x1b[31m4711"


async def test_a_note_is_written_pinned_unpinned_and_deleted(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    done = await apply(await plan_add_note(acting(root), alice.id, f"  {TEXT}\r\n", reason="call"))
    assert (done.status, done.version) == (Status.OK, alice.version)
    note = await UserNote.get(user_id=alice.id)
    assert (note.body, note.author_id, note.author_label, note.pinned) == (TEXT, root.id, "root", False)

    assert (await apply(await plan_pin(acting(root), alice.id, note.id))).is_ok
    assert (await UserNote.get(id=note.id)).pinned
    assert (await apply(await plan_pin(acting(root), alice.id, note.id))).status is Status.UNCHANGED
    assert (await apply(await plan_pin(acting(root), alice.id, note.id, pinned=False))).is_ok
    assert (await apply(await plan_delete_note(acting(root), alice.id, note.id))).is_ok
    assert not await UserNote.all().exists()
    assert (await reread(alice)).version == alice.version

    written = [(event.action, event.target_id, event.meta["note"]) for event in await events(outcome="ok")]
    assert written == [
        (action, alice.id, note.id)
        for action in ("users.add_note", "users.pin_note", "users.unpin_note", "users.delete_note")
    ]


async def test_the_audit_has_the_number_and_the_length_and_never_the_text(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_add_note(acting(root), alice.id, TEXT, pinned=True)
    assert "employee" not in repr(plan.as_json())
    await apply(plan)
    note = await UserNote.get(user_id=alice.id)
    await apply(await plan_delete_note(acting(root), alice.id, note.id))
    for event in await events():
        assert "employee" not in json.dumps([event.changes, event.meta, event.reason])
    (added, _) = await events()
    assert added.changes["note"] == [None, f"#{note.id}, {len(TEXT)} characters"]


@pytest.mark.parametrize("role", ["support", "operator"])
async def test_whoever_resets_or_edits_may_write(database: Database, role: str) -> None:
    who, alice = await user("maria", role), await user("alice")
    assert (await apply(await plan_add_note(acting(who), alice.id, "x"))).is_ok


async def test_whoever_may_neither_is_refused_also_inside(database: Database) -> None:
    auditor, alice = await user("otto", "auditor"), await user("alice")
    refused = await apply(await plan_add_note(acting(auditor), alice.id, "x"))
    assert [refusal.code for refusal in refused.refusals] == [RefusalCode.PERMISSION]
    maria = await user("maria", "support")
    plan = await plan_add_note(acting(maria), alice.id, "x")
    await set_columns(maria, is_active=False)
    assert (await apply(plan)).status is Status.REFUSED
    assert not await UserNote.all().exists()


async def test_only_the_author_or_an_editor_deletes(database: Database) -> None:
    maria, nora, alice = await user("maria", "support"), await user("nora", "support"), await user("alice")
    await apply(await plan_add_note(acting(maria), alice.id, "one"))
    await apply(await plan_add_note(acting(maria), alice.id, "two"))
    first, second = await UserNote.all().order_by("id")
    refused = await apply(await plan_delete_note(acting(nora), alice.id, first.id))
    assert refused.status is Status.REFUSED
    assert "Only maria, who wrote it" in refused.sentence
    assert (await apply(await plan_delete_note(acting(maria), alice.id, first.id))).is_ok
    editor = await user("edda", "operator")
    assert (await apply(await plan_delete_note(acting(editor), alice.id, second.id))).is_ok


@pytest.mark.parametrize("body", ["", " \r\n\t ", "x" * (LONGEST + 1), "x" * 1_000_000])
async def test_a_text_that_is_none_or_too_long_is_not_taken(database: Database, body: str) -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_add_note(acting(root), alice.id, body)
    assert [error.field for error in plan.errors] == ["body"]
    assert not (await apply(plan)).is_ok
    assert not await UserNote.all().exists()


async def test_any_text_is_kept_but_what_no_column_takes(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    hostile = "\x00\ud800\x1b]0;x\x07\u202e[red]x[/red]'; DROP TABLE users; --%s{0}"
    assert (await apply(await plan_add_note(acting(root), alice.id, hostile))).is_ok
    note = await UserNote.get(user_id=alice.id)
    assert "\x1b]0;x\x07\u202e[red]x[/red]'" in note.body
    assert "\x00" not in note.body


async def test_a_note_of_somebody_else_or_gone_is_not_touched(database: Database) -> None:
    root, alice, bob = await superuser(), await user("alice"), await user("bob")
    await apply(await plan_add_note(acting(root), alice.id, "x"))
    note = await UserNote.get()
    for wrong in (note.id + 1, 0, -1, 2**70):
        with pytest.raises(TargetGone):
            await plan_pin(acting(root), alice.id, wrong)
    with pytest.raises(TargetGone):
        await plan_delete_note(acting(root), bob.id, note.id)
    late = [await plan_pin(acting(root), alice.id, note.id), await plan_delete_note(acting(root), alice.id, note.id)]
    async with in_transaction():
        await UserNote.filter(id=note.id).delete()
    assert [(await apply(plan)).status for plan in late] == [Status.GONE, Status.GONE]


async def test_a_user_has_a_bounded_number_of_notes_whoever_writes_at_once(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    async with in_transaction():
        made = [UserNote(user_id=alice.id, author_label="x", body="x") for _ in range(MOST - 1)]
        await UserNote.bulk_create(made)
    plans = [await plan_add_note(acting(root), alice.id, "x") for _ in range(3)]
    statuses = [outcome.status for outcome in await asyncio.gather(*map(apply, plans))]
    assert sorted(statuses) == [Status.OK, Status.REFUSED, Status.REFUSED]
    assert await UserNote.all().count() == MOST


async def test_a_deleted_user_takes_notes_too(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    await set_columns(alice, deleted_at=alice.created_at)
    assert (await apply(await plan_add_note(acting(root), alice.id, "left in March"))).is_ok
