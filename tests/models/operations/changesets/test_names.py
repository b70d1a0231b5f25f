"""Names in one changeset: they change hands, clash, and look like each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models import Account
from models.operations import Status
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import MOST
from tests.models.operations.people import acting, events, reread, superuser, user
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from tui.database import Database
from tests.models.operations.changesets.staging import commit, is_whole, staged, states


async def names(*accounts: Account) -> list[str]:
    return [(await reread(account)).username for account in accounts]


async def test_names_change_hands(database: Database) -> None:
    """A swap, a ring of three, and a chain whose end is free."""
    root = await superuser()
    people = [await user(name, email=f"{name}@example.org") for name in ("a1", "a2", "r1", "r2", "r3", "c1", "c2")]
    a1, a2, r1, r2, r3, c1, c2 = people
    wishes = [(a1, "a2"), (a2, "a1"), (r1, "r2"), (r2, "r3"), (r3, "r1"), (c1, "c2"), (c2, "c3")]
    edits = [staged(one, username=name, email=f"{name}@example.org") for one, name in wishes]

    outcome = await commit(root, *edits)

    assert outcome.status is Status.OK, outcome.sentence
    assert await names(*people) == ["a2", "a1", "r2", "r3", "r1", "c2", "c3"]
    keys = [((await reread(one)).username_key, (await reread(one)).email_key) for one in people]
    assert keys == [(name, f"{name}@example.org") for _, name in wishes]
    rows = await events()
    assert rows[0].changes == {"username": ["a1", "a2"], "email": ["a1@example.org", "a2@example.org"]}
    await is_whole(*people)


async def test_a_name_that_its_holder_keeps_after_all_is_taken(database: Database) -> None:
    """The other half of the swap was dropped, or was renamed to something that only differs in case."""
    root, a, b = await superuser(), await user("aa"), await user("bb")
    outcome = await commit(root, staged(a, username="bb"), staged(b, full_name="B"))
    assert states(outcome) == [RowState.INVALID, RowState.READY]
    assert outcome.status is Status.REFUSED
    assert [error.field for error in outcome.rows[0].plan.errors] == ["username"]
    outcome = await commit(root, staged(a, username="bb"), staged(b, username="BB"))
    assert states(outcome) == [RowState.INVALID, RowState.INVALID]
    assert await names(a, b) == ["aa", "bb"]


@pytest.mark.parametrize("field", ["username", "email"])
async def test_two_that_want_one_name_are_both_named(database: Database, field: str) -> None:
    root, a, b, c = await superuser(), await user("aa"), await user("bb"), await user("cc")
    wish = "same@example.org" if field == "email" else "same"
    edits = [staged(a, **{field: wish}), staged(b, **{field: wish.upper()}), staged(c, full_name="C")]
    outcome = await commit(root, *edits)
    assert states(outcome) == [RowState.INVALID, RowState.INVALID, RowState.READY]
    assert "of this changeset" in outcome.rows[0].sentence
    assert (await reread(c)).version == 1
    assert await events() == []


async def test_a_name_that_a_third_took_meanwhile(database: Database) -> None:
    root, a, b = await superuser(), await user("aa"), await user("bb")
    plan = await plan_changeset(acting(root), [staged(a, username="wanted"), staged(b, full_name="B")])
    assert plan.is_allowed
    third = await user("wanted")
    outcome = await apply_changeset(plan)
    assert states(outcome) == [RowState.INVALID, RowState.READY]
    assert [error.field for error in outcome.rows[0].plan.errors] == ["username"]
    assert await names(a, b, third) == ["aa", "bb", "wanted"]


async def test_look_alikes_of_others_and_of_each_other(database: Database) -> None:
    root, a, b, _ = await superuser(), await user("aa"), await user("bb"), await user("bob")
    outcome = await commit(root, staged(a, username="bоb"))  # a Cyrillic o
    assert "looks like bob" in outcome.rows[0].sentence
    outcome = await commit(root, staged(a, username="new.one"), staged(b, username="new.оne"))
    assert states(outcome) == [RowState.INVALID, RowState.INVALID]


async def test_a_look_alike_that_is_renamed_in_the_same_changeset_is_none(database: Database) -> None:
    root, a, bob = await superuser(), await user("aa"), await user("bob")
    outcome = await commit(root, staged(a, username="Вob"), staged(bob, username="robert"))
    assert outcome.status is Status.OK, outcome.rows
    assert await names(a, bob) == ["Вob", "robert"]


async def test_a_full_one_is_renamed_in_a_ring(database: Database) -> None:
    root = await superuser()
    await execute(
        database,
        "INSERT INTO users (username, username_key, hashed_password) VALUES "
        + ", ".join(f"('ring{number:03}', 'ring{number:03}', 'x')" for number in range(MOST)),
    )
    people = await Account.filter(username__startswith="ring").order_by("id")
    edits = [staged(one, username=other.username) for one, other in zip(people, [*people[1:], people[0]], strict=True)]
    outcome = await commit(root, *edits)
    assert outcome.status is Status.OK, outcome.sentence
    assert (await reread(people[0])).username == "ring001"
    assert (await reread(people[-1])).username == "ring000"
    assert len({event.batch_id for event in await events()}) == 1
    await is_whole(people[0], people[250], people[-1])
