"""The changeset from the keyboard: looked through, merged, dropped, committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input, OptionList

from models.operations import apply, apply_changeset, plan_changeset, plan_edit
from tests.models.operations.people import acting, events, remove, reread, set_columns, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.changes.staged import edit, keep, kept, running
from tests.tui.screens.user.writing import alice, root, until_said, words
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.changes.commit import CommitDialog
from tui.screens.changes.outcome import OutcomeDialog
from tui.screens.changes.screen import ChangesScreen
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.user.merge import MergeScreen
from tui.screens.user.screen import UserScreen
from tui.screens.users.screen import UsersScreen
from tui.widgets.check import Option

if TYPE_CHECKING:
    from models import Account
    from tui.database import Database
    from tui.person import Person


# Looking through ------------------------------------------------------------------------------------------------------


async def test_empty_says_what_to_do(database: Database) -> None:
    async with running(database, await root(), size=(80, 24)) as run:
        await until_shown(run.pilot, "Nothing is staged.")
        await until_shown(run.pilot, "^R refresh  esc back  ? help")
        await until_shown(run.pilot, "s on a user")
        await run.press("ctrl+s", "x", "D", "m", "e")
        assert isinstance(run.app.screen, ChangesScreen)


async def test_the_diff_shows_was_theirs_and_yours(database: Database) -> None:
    who, target, maria = await root(), await alice(), await user("maria", "operator")
    keep(database, who, edit(target, full_name="Mine", email="mine@example.com"))
    await apply(await plan_edit(acting(maria), target, {"full_name": "Hers", "is_verified": True}))
    async with running(database, who) as run:
        await until_shown(run.pilot, "CONFLICT")
        await until_said(
            run.pilot,
            "was (empty) theirs Hers maria,",
            "yours Mine",
            "was alice.jones@example.com yours mine@example.com",
            "1 user · 2 fields · 1 conflict · checked",
        )


async def test_rows_that_are_gone_or_so_already_say_so(database: Database) -> None:
    who, target, bob, carol = await root(), await alice(), await user("bob"), await user("carol")
    keep(database, who, edit(target, full_name="A"), edit(bob, full_name="B"), edit(carol, email="no"))
    await remove(target)
    await apply(await plan_edit(acting(await reread(await user("x", is_superuser=True))), bob, {"full_name": "B"}))
    async with running(database, who) as run:
        for said in ("GONE", "already so", "NOT READY"):
            await until_shown(run.pilot, said)
        await until(run.pilot, lambda: "does not exist any more" in words(run.pilot))
        await run.press("e")
        await run.says(f"There is no user #{target.id} any more.")
        await run.press("escape")
        await run.in_front(ChangesScreen)


async def test_hostile_values_stay_text(database: Database) -> None:
    who, target = await root(), await alice(full_name=HOSTILE)
    keep(database, who, edit(target, full_name=HOSTILE + "x", email="[b]x@example.com"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "checked")
        assert screen_text(run.pilot).replace("\n", "").isprintable()
        await until_shown(run.pilot, "[b]x@example.com")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "can be committed")
        assert screen_text(run.pilot).replace("\n", "").isprintable()


async def test_enter_opens_the_user(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("enter")
        await run.in_front(UserScreen)
        await run.press("escape")
        await run.in_front(ChangesScreen)


# Dropping -------------------------------------------------------------------------------------------------------------


async def test_one_is_dropped_and_all_are_discarded_when_it_is_agreed_to(database: Database) -> None:
    who = await root()
    people = [await user(f"user{number:02}") for number in range(4)]
    keep(database, who, *[edit(one, full_name="A") for one in people])
    async with running(database, who) as run:
        await until_shown(run.pilot, "4 users")
        await run.press("j", "x")
        await run.in_front(ConfirmDialog)
        await until_shown(run.pilot, "user01")
        await run.press("n")
        await run.in_front(ChangesScreen)
        assert len(kept(database, who)) == 4
        await run.press("x")
        await run.in_front(ConfirmDialog)
        await run.press("y")
        await run.says("Dropped: user01")
        await until_shown(run.pilot, "3 users")
        assert list(kept(database, who)) == ["user00", "user02", "user03"]
        await run.press("D")
        await run.in_front(ConfirmDialog)
        await run.press("escape")
        await run.in_front(ChangesScreen)
        await run.press("D")
        await run.in_front(ConfirmDialog)
        await run.press("y")
        await until_shown(run.pilot, "Nothing is staged.")
    assert kept(database, who) == {}
    assert await events() == []


# Merging --------------------------------------------------------------------------------------------------------------


async def _clash(who: Person, database: Database) -> Account:
    target, maria = await alice(), await user("maria", "operator")
    keep(database, who, edit(target, full_name="Mine", email="mine@example.com"))
    assert (await apply(await plan_edit(acting(maria), target, {"full_name": "Hers"}))).is_ok
    return target


async def test_a_conflict_is_merged_in_place_and_committed(database: Database) -> None:
    who = await root()
    target = await _clash(who, database)
    async with running(database, who, size=(120, 40)) as run:
        await until_shown(run.pilot, "CONFLICT")
        await run.press("m")
        await run.in_front(MergeScreen)
        await run.press("escape")
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "CONFLICT")
        await run.press("m")
        await run.in_front(MergeScreen)
        await until(run.pilot, lambda: isinstance(run.pilot.app.focused, Option))
        await run.press("tab", "space", "ctrl+s")
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "ready")
        await until_said(run.pilot, "was Hers yours Mine")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "1 user, 2 fields")
        await run.press("y")
        await until_shown(run.pilot, "Nothing is staged.")
    row = await reread(target)
    assert (row.full_name, row.email, row.version) == ("Mine", "mine@example.com", 3)


async def test_theirs_is_kept_and_the_rest_stays_staged(database: Database) -> None:
    who = await root()
    await _clash(who, database)
    async with running(database, who, size=(120, 40)) as run:
        await until_shown(run.pilot, "CONFLICT")
        await run.press("m")
        await run.in_front(MergeScreen)
        await run.press("ctrl+s")
        await until_shown(run.pilot, "ready")
    assert kept(database, who) == {"alice.jones": {"email": "mine@example.com"}}


# Committing -----------------------------------------------------------------------------------------------------------


async def test_all_are_committed_and_the_list_shows_them(database: Database) -> None:
    who = await root()
    people = [await user(f"user{number}") for number in range(3)]
    keep(database, who, *[edit(one, username=f"renamed{number}") for number, one in enumerate(people)])
    async with running(database, who, UsersScreen) as run:
        await until_shown(run.pilot, "user0")
        await run.app.staged.read()
        run.app.push_screen(ChangesScreen())
        await run.in_front(ChangesScreen)
        await until_shown(run.pilot, "3 users · 3 fields · checked")
        await run.press("ctrl+s")
        dialog = await run.in_front(CommitDialog)
        await until_shown(run.pilot, "3 users, 3 fields, in one transaction")
        dialog.query_one("#reason", Input).value = "renaming day"
        await until_shown(run.pilot, "changes commit --reason 'renaming day'")
        await run.press("ctrl+s")  # the key that opened the review does not confirm it
        assert isinstance(run.app.screen, CommitDialog)
        await run.press("y")
        await run.says("Saved 3 fields of 3 users in one transaction.")
        await until_shown(run.pilot, "Nothing is staged.")
        await run.press("escape")
        await run.in_front(UsersScreen)
        await until_shown(run.pilot, "renamed2")
        assert "staged" not in screen_text(run.pilot).splitlines()[0]
    assert kept(database, who) == {}
    assert {event.reason for event in await events()} == {"renaming day"}
    assert len({event.batch_id for event in await events()}) == 1


async def test_rows_that_stop_it_are_listed_with_the_cursor_on_the_first(database: Database) -> None:
    who, maria = await root(), await user("maria", "operator")
    people = [await user(f"user{number}") for number in range(4)]
    keep(database, who, *[edit(one, full_name="Mine") for one in people])
    async with running(database, who) as run:
        await until_shown(run.pilot, "4 users · 4 fields · checked")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "4 users, 4 fields")
        for one in (people[1], people[2]):  # between the review and the commit
            assert (await apply(await plan_edit(acting(maria), one, {"full_name": "Hers"}))).is_ok
        await run.press("y")
        await run.in_front(OutcomeDialog)
        await until_said(
            run.pilot,
            "2 users stopped it.",
            f"CONFLICT full name of user1 #{people[1].id} changed meanwhile, by maria",
            "2 others were held back with it",
        )
        rows = run.app.screen.query_one(OptionList)
        await until(run.pilot, lambda: run.app.focused is rows)
        assert rows.highlighted == 0
        await run.press("escape")
        await run.in_front(ChangesScreen)
        await run.press("ctrl+s")
        dialog = await run.in_front(CommitDialog)
        await run.says("Nothing can be committed")
        await run.press("escape")
        await run.in_front(ChangesScreen)
        outcome = await apply_changeset(await plan_changeset(who.actor, run.app.staged.edits))
        run.app.push_screen(OutcomeDialog(outcome), (await run.in_front(ChangesScreen))._look_at)
        await run.in_front(OutcomeDialog)
        await run.press("enter")
        screen = await run.in_front(ChangesScreen)
        await until(run.pilot, lambda: screen.table.row and screen.table.row.edit.user_id == people[1].id)
        await until_shown(run.pilot, "2 conflict")
        assert [(await reread(one)).full_name for one in people] == ["", "Hers", "Hers", ""]
        # Known now: the review itself says why not.
        await run.press("ctrl+s")
        dialog = await run.in_front(CommitDialog)
        await run.says("Nothing can be committed: 2 users changed meanwhile")
        assert dialog.query_one("#confirm", Button).disabled
        await run.press("y")
        await run.press("escape")
        await run.in_front(ChangesScreen)
    assert len(kept(database, who)) == 4


async def test_more_than_ten_ask_for_their_number(database: Database) -> None:
    who = await root()
    people = [await user(f"user{number:02}") for number in range(11)]
    keep(database, who, *[edit(one, full_name="New") for one in people])
    async with running(database, who, size=(80, 24)) as run:
        await until_shown(run.pilot, "11 users · 11 fields · checked")
        await run.press("D")
        await run.in_front(TypeToConfirm)
        await run.press("escape")
        await run.press("ctrl+s")
        dialog = await run.in_front(CommitDialog)
        await until_shown(run.pilot, "11 users, 11 fields")
        await run.press("y", "ctrl+s")
        assert (await reread(people[0])).version == 1
        dialog.query_one("#number", Input).value = "11"
        await until(run.pilot, lambda: not dialog.query_one("#confirm", Button).disabled)
        await run.press("ctrl+s")
        await run.says("Saved 11 fields of 11 users")
    assert [(await reread(one)).version for one in people] == [2] * 11


async def test_whoever_is_not_active_any_more_is_locked_out(database: Database) -> None:
    who, target = await root(), await alice()
    keep(database, who, edit(target, full_name="A"))
    async with running(database, who) as run:
        await until_shown(run.pilot, "ready")
        await run.press("ctrl+s")
        await run.in_front(CommitDialog)
        await until_shown(run.pilot, "1 user, 1 field")
        actor = await user("other", is_superuser=True)
        assert who.actor.user_id is not None
        await set_columns(await reread(await _account(who.actor.user_id)), is_active=False)
        await run.press("y")
        await until(run.pilot, lambda: run.app.lock.is_on)
        assert "staged" not in screen_text(run.pilot).splitlines()[0]
        assert actor.id != who.actor.user_id
    assert kept(database, who) == {"alice.jones": {"full_name": "A"}}
    assert (await reread(target)).version == 1


async def _account(user_id: int) -> Account:
    from models import Account

    return await Account.get(id=user_id)
