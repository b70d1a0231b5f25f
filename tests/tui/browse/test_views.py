"""The built-in views answer on both dialects; whose views a person sees; columns and what is read for them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, Role, SavedView, User, UserAuthState, UserRole, UserSession
from models.view import BUILT_IN_NAMES
from tests.models.operations.people import user
from tests.tui.browse.people import NOW
from tui.browse.lists.columns import BY_NAME, COLUMNS, DEFAULT, ColumnError, chosen_columns, extras_of, parse_columns
from tui.browse.lists.extras import load_extras
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import open_source
from tui.browse.lists.rows import row_document
from tui.browse.lists.views import BUILT_IN, View, Whose, find_view, load_views, matching_views
from tui.browse.search.query import parse

LATER, BEFORE = NOW + timedelta(days=2), NOW - timedelta(days=2)


async def crowd() -> None:
    """For each built-in view somebody who is in it, and somebody who nearly is."""
    support = await Role.get(name="support")
    async with in_transaction():

        async def make(name: str, **fields: Any) -> User:
            return await User.create(username=name, hashed_password="x", **fields)

        for name, until in (("locked", LATER), ("was_locked", BEFORE)):
            await UserAuthState.create(user=await make(name), locked_until=until, last_login_at=BEFORE)
        await make("pw_over", must_change_password=True, password_expires_at=BEFORE)
        await make("pw_still", must_change_password=True, password_expires_at=LATER)
        await make("root", is_superuser=True)
        gone = await make("gone", is_active=False)
        await make("gone_without", is_active=False)
        await UserRole.create(user=gone, role=support)
        await UserRole.create(user=await make("held"), role=support)
        for name, active, ends in (("in", False, LATER), ("out", False, BEFORE), ("works", True, LATER)):
            await UserSession.create(
                user=await make(f"session_{name}", is_active=active),
                token_hash=f"{name:0>64}",
                kind="web",
                expires_at=ends,
            )
        await make("never_old", created_at=NOW - timedelta(days=91))
        await make("never_new", created_at=NOW - timedelta(days=89))
        seen = await make("seen_old", created_at=NOW - timedelta(days=91))
        await UserAuthState.create(user=seen, last_login_at=BEFORE)
        await make("paypal")
        await make("pаypal")  # the second letter is Cyrillic


EXPECTED = {
    "Locked now": {"locked"},
    "Temporary password expired": {"pw_over"},
    "Superusers": {"root"},
    "Roles but inactive": {"gone"},
    "Sessions of inactive users": {"session_in"},
    "Never logged in for 90 days": {"never_old"},
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("view", BUILT_IN, ids=lambda view: view.name)
@pytest.mark.parametrize("by", OrderBy)
async def test_a_built_in_view_lists_whom_it_names(view: View, by: OrderBy) -> None:
    await crowd()
    query = parse(view.query)
    assert str(query) == view.query
    page = await (await open_source(query, Order(by))).page(None, 100, forward=True)
    found = {row.username for row in page.rows}
    if view.name == "Look-alike usernames":
        assert "pаypal" in found
        assert "locked" not in found
    else:
        assert found == EXPECTED[view.name]


def test_every_name_has_its_view() -> None:
    assert tuple(view.name for view in BUILT_IN) == BUILT_IN_NAMES
    assert {*EXPECTED, "Look-alike usernames"} == set(BUILT_IN_NAMES)


async def two_people() -> tuple[Account, Account]:
    maria, ann = await user("maria", "support"), await user("ann", "support")
    async with in_transaction():
        for owner, name, shared in ((maria, "b", False), (maria, "A", True), (ann, "mine", False), (ann, "ours", True)):
            await SavedView.create(owner_id=owner.id, name=name, query=f"{name}x", is_shared=shared)
    return maria, ann


@pytest.mark.usefixtures("database")
async def test_who_sees_which_views() -> None:
    maria, _ = await two_people()
    views = await load_views(maria.id)
    assert [(view.whose, view.name, view.owner) for view in views[7:]] == [
        (Whose.OWN, "A", "maria"),
        (Whose.OWN, "b", "maria"),
        (Whose.SHARED, "ours", "ann"),
    ]
    assert [view.name for view in (await load_views(None))[7:]] == ["A", "ours"]
    assert views[7].is_shared
    assert find_view(views, "OURS") == views[9]
    assert find_view(views, " superUSERS ") == BUILT_IN[2]
    assert find_view(views, "mine") is None
    assert [view.name for view in matching_views(views, "LOCK")] == ["Locked now"]
    assert [view.name for view in matching_views(views, "ann ours")] == ["ours"]
    assert matching_views(views, "  ") == views


@pytest.mark.usefixtures("database")
async def test_ones_own_view_hides_a_shared_one_of_its_name() -> None:
    maria, ann = await two_people()
    async with in_transaction():
        await SavedView.create(owner_id=maria.id, name="OURS", query="")
    found = find_view(await load_views(maria.id), "ours")
    assert found is not None
    assert found.whose is Whose.OWN
    found = find_view(await load_views(ann.id), "ours")
    assert found is not None
    assert found.owner == "ann"


@pytest.mark.usefixtures("database")
async def test_a_row_that_somebody_broke_is_still_a_view() -> None:
    maria = await user("maria", "support")
    async with in_transaction():
        await SavedView.create(owner_id=maria.id, name="odd", query="is:nonsense", columns={"x": 1}, order="moon")
        await SavedView.create(owner_id=maria.id, name="old", query="", columns=["email", "gone", 7, "email"])
    odd, old = (await load_views(maria.id))[7:]
    assert (odd.parsed_order(), odd.chosen_columns(), odd.query) == (None, None, "is:nonsense")
    assert old.chosen_columns() == ("id", "username", "email")


def test_columns_that_were_chosen() -> None:
    assert chosen_columns(()) == chosen_columns(["id", "username"]) == chosen_columns([object()]) == DEFAULT
    assert chosen_columns(["version", "username", "email"]) == ("id", "username", "version", "email")
    assert parse_columns("email, id") == ("email", "id")
    for text, says in (("", "(empty)"), ("id,emial", "Did you mean email?"), ("id,id", "twice")):
        with pytest.raises(ColumnError, match=says.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
            parse_columns(text)
    assert extras_of(DEFAULT) == ()
    assert "hashed_password" not in BY_NAME


@pytest.mark.usefixtures("database")
async def test_what_only_some_lists_read() -> None:
    await crowd()
    failing = await Account.get(username="locked")
    async with in_transaction():
        await UserAuthState.filter(user_id=failing.id).update(failed_count=7, last_login_ip="10.0.0.4")
    extras = extras_of([column.name for column in COLUMNS])
    assert extras == ("last_login_ip", "failed_count", "is_verified", "updated_at")
    source = replace(await open_source(parse("locked"), Order()), extras=extras)
    (row,) = (await source.page(None, 10, forward=True)).rows
    assert row.extra["last_login_ip"] == "10.0.0.4"
    assert (row.extra["failed_count"], row.extra["is_verified"]) == (7, False)
    assert row.extra["updated_at"].tzinfo is not None
    assert row_document(row)["failed_count"] == 7
    assert "extra" not in row_document(row)
    assert await source.find(failing.id) == row
    bare = (await (await open_source(parse("locked"), Order())).page(None, 10, forward=True)).rows[0]
    assert (dict(bare.extra), "failed_count" in row_document(bare)) == ({}, False)
    root = await Account.get(username="root")
    assert (await load_extras([root.id], ("failed_count",)))[root.id] == {"failed_count": None}
