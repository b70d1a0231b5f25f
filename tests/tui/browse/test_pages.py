"""Pages by key range: walking them, forward or backward, gives exactly what ordering everything at once gives."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, Role, User, UserAuthState, UserRole
from tests.tui.browse.people import NOW, people
from tui.browse.lists import access, pages, statements
from tui.browse.lists.counts import exact_count
from tui.browse.lists.orders import Order, OrderBy, OrderError, parse_order
from tui.browse.lists.pace import LEAST, MARGIN, Pace, Trial
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.lists.rows import Position
from tui.browse.lists.statements import range_of
from tui.browse.search.query import QueryError, parse
from tui.browse.sql import Sql
from tui.database import Database

ORDERS = [Order(by, descending) for by in OrderBy for descending in (False, True)]
QUERIES = [
    "",
    "a",
    "an",
    "7",
    '"anna"',
    "*nna*",
    "is:active",
    "-is:active",
    "is:locked",
    "-is:locked",
    "is:deleted",
    "is:inactive a",
    "is:expired",
    "is:superuser",
    "is:mustchange -is:inactive",
    "is:never-logged-in",
    "-is:never-logged-in",
    "is:never-logged-in -is:never-logged-in",
    "role:support",
    "-role:support",
    "role:support is:active *ann*",
    "a an is:active",
]


def short_slices(monkeypatch: pytest.MonkeyPatch, keys: int) -> None:
    """Let every statement of a walk search so many keys."""
    monkeypatch.setattr(access, "FIRST", keys)
    monkeypatch.setattr(access, "FIRST_BY_ID", keys)
    monkeypatch.setattr(Pace, "took", lambda *_: None)


async def walk(source: UserSource, count: int, *, forward: bool) -> list[int]:
    """Return the ids of all pages, in the list's order."""
    ids: list[int] = []
    origin = None
    while True:
        page = await source.page(origin, count, forward=forward)
        found = [row.id for row in page.rows]
        ids = ids + found if forward else found + ids
        if page.edge is None:
            return ids
        origin = page.edge


async def everyone() -> list[dict[str, Any]]:
    """Return what the reference needs of every user, read by the models in one go."""
    states = {state.user_id: state for state in await UserAuthState.all()}
    support = {held.user_id for held in await UserRole.filter(role__name="support", expires_at=None)}
    found = []
    for user in await Account.all():
        state = states.get(user.id)
        found.append(
            {
                "user": user,
                "support": user.id in support,
                "login": state.last_login_at if state else None,
                "until": state.locked_until if state else None,
                "locked": bool(state and state.locked_until and state.locked_until > NOW),
            }
        )
    return found


def matches(one: dict[str, Any], term: str) -> bool:
    user, negated = one["user"], term.startswith("-")
    term = term.removeprefix("-")
    keys = [key for key in (user.username_key, user.email_key) if key is not None]
    if term.startswith('"'):
        return term.strip('"') in keys
    if term.startswith("*"):
        return any(term.strip("*") in key for key in keys)
    if ":" not in term:
        return any(key.startswith(term) for key in keys) or str(user.id) == term
    holds = {
        "is:active": user.is_active and user.deleted_at is None,
        "is:inactive": not user.is_active and user.deleted_at is None,
        "is:deleted": user.deleted_at is not None,
        "is:locked": one["locked"],
        "is:expired": user.expires_at is not None and user.expires_at <= NOW + timedelta(hours=1),
        "is:superuser": user.is_superuser,
        "is:mustchange": user.must_change_password,
        "is:never-logged-in": one["login"] is None,
        "role:support": one["support"],
    }[term]
    return bool(holds) != negated


def reference(everybody: list[dict[str, Any]], text: str, order: Order) -> list[int]:  # noqa: C901 - one case an order
    """Return the ids that a query in an order gives, by Python's own filter and sort."""
    terms = text.split()
    word = next((term for term in terms if ":" not in term and not term.startswith("*")), None)
    found = [one for one in everybody if all(matches(one, term) for term in terms)]
    key: Any
    match order.by:
        case OrderBy.USERNAME:
            key = lambda one: (one["user"].username_key.encode(),)  # noqa: E731
        case OrderBy.ID:
            key = lambda one: (one["user"].id,)  # noqa: E731
        case OrderBy.CREATED:
            key = lambda one: (one["user"].created_at, one["user"].id)  # noqa: E731
        case OrderBy.LAST_LOGIN:
            key = lambda one: (one["login"] or NOW, one["user"].id)  # noqa: E731
        case OrderBy.LOCKED_UNTIL:
            key = lambda one: (one["until"] or NOW, one["user"].id)  # noqa: E731
        case OrderBy.DELETED:
            key = lambda one: (one["user"].deleted_at or NOW, one["user"].id)  # noqa: E731
        case OrderBy.EMAIL:
            key = lambda one: ((one["user"].email_key or "").encode(), one["user"].id)  # noqa: E731

    names = (OrderBy.USERNAME, OrderBy.EMAIL)
    columns = ["username_key", "email_key"] if order.by is OrderBy.USERNAME else ["email_key", "username_key"]

    def hits(text: str | None) -> bool:
        if text is None or word is None:
            return False
        return text == word.strip('"') if word.startswith('"') else text.startswith(word)

    def group(one: dict[str, Any]) -> int:
        """The id, the order's column or the other one matched; or there is a value or none."""
        nullable = {OrderBy.LAST_LOGIN: one["login"], OrderBy.LOCKED_UNTIL: one["until"]}
        nullable[OrderBy.DELETED] = one["user"].deleted_at
        if order.by in nullable:
            return int(nullable[order.by] is None)
        if order.by not in names or (word is None and order.by is OrderBy.USERNAME):
            return 0
        if word is None:
            return int(one["user"].email_key is None)
        if str(one["user"].id) == word:
            return 0
        return 1 if hits(getattr(one["user"], columns[0])) else 2

    def other_key(one: dict[str, Any]) -> Any:
        if order.by not in names or not group(one):
            return key(one)
        if word is None:
            return (one["user"].id,)
        return (getattr(one["user"], columns[group(one) - 1]).encode(),)

    parts = [[one for one in found if group(one) == number] for number in range(3)]
    ordered = [one for part in parts for one in sorted(part, key=other_key, reverse=order.descending)]
    return [one["user"].id for one in ordered]


@pytest.mark.parametrize("how", ["lists where it can", "walks", "walks short slices"])
async def test_all_pages_are_the_ordered_whole(database: Database, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    await people(90)
    if how != "lists where it can":
        monkeypatch.setattr(access, "LIST_LIMIT", -1)
    if how == "walks short slices":
        short_slices(monkeypatch, 7)
    everybody = await everyone()
    for order in ORDERS:
        for text in QUERIES:
            source = await open_source(parse(text), order)
            expected = reference(everybody, text, order)
            assert await walk(source, 13, forward=True) == expected, (text, str(order))
            assert await walk(source, 8, forward=False) == expected, (text, str(order))


@pytest.mark.parametrize("share", [1.0, 0.3])
async def test_a_list_is_the_same_where_a_walk_is_tried_first(
    database: Database, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """Whether a page is among the keys that are tried, which it seldom is when all are said to pass, or not."""
    await people(90)
    everybody = await everyone()
    for order in ORDERS:
        for text in ("is:inactive", "role:support", "-is:active *nna*", "is:locked"):
            source = await open_source(parse(text), order)
            assert source.access.listed
            tried = [replace(each, trial=Trial(share, 1000)) for each in source.access.stretches]
            source = replace(source, access=replace(source.access, stretches=tuple(tried)))
            expected = reference(everybody, text, order)
            assert await walk(source, 4, forward=True) == expected, (text, str(order))
            assert await walk(source, 4, forward=False) == expected, (text, str(order))
            assert not any(each.trial.most for each in tried), "its last page is not full, and then the list is taken"


async def test_a_long_list_is_tried_as_a_walk(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "LONG", 2)
    await people(90)
    found = (await open_source(parse("is:inactive"), Order())).access
    (stretch,) = found.stretches
    assert stretch.trial == Trial(found.length / 90, found.length // 2)


async def test_a_list_that_grows_while_it_is_open_keeps_nobody_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(90)
    sources = [await open_source(parse("is:inactive"), order) for order in ORDERS]
    monkeypatch.setattr(access, "LIST_LIMIT", sources[0].access.length + 5)
    monkeypatch.setattr(statements, "LIST_LIMIT", sources[0].access.length + 5)
    sources = [await open_source(parse("is:inactive"), order) for order in ORDERS]
    assert all(source.access.listed for source in sources)
    async with in_transaction():
        await Account.filter(id__gt=0).update(is_active=False)
    everybody = await everyone()
    for source in sources:
        expected = reference(everybody, "is:inactive", source.order)
        assert await walk(source, 13, forward=True) == expected, str(source.order)
        assert await walk(source, 8, forward=False) == expected, str(source.order)
        assert await exact_count(source, lambda _: None) == len(expected)


def test_a_trial_is_worth_while_where_a_page_is_among_few_keys() -> None:
    trial = Trial(0.1, 3000)
    assert (trial.keys(200), trial.keys(240), trial.keys(241)) == (int(2000 * MARGIN), 3000, 0)
    trial.failed()
    assert trial.keys(1) == 0
    assert Trial().keys(1) == 0


async def test_a_slice_that_takes_too_long_is_shortened(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    for text in ("*nna*", "-is:active"):
        for order in (Order(), Order(OrderBy.ID)):
            expected = await walk(await open_source(parse(text), order), 13, forward=True)
            with monkeypatch.context() as patched:
                patched.setattr(access, "LIST_LIMIT", -1)
                patched.setattr(pages, "PATIENCE", 0.0)
                source = await open_source(parse(text), order)
                assert await walk(source, 13, forward=True) == expected
                assert source.access.stretches[0].pace.keys == LEAST


def test_a_pace_finds_the_keys_of_a_tenth_of_a_second() -> None:
    pace = Pace(20_000)
    for _ in range(12):
        pace.took(pace.keys / 1_500_000)
    assert pace.keys == pytest.approx(150_000, rel=0.01)
    pace.took(60.0)
    assert pace.keys == pytest.approx(37_500, rel=0.01)
    assert [pace.shorten() for _ in range(4)] == [True, True, True, False]
    assert pace.keys == LEAST


async def test_a_key_takes_the_place_of_the_bound_on_its_side(database: Database) -> None:
    """Of two lower bounds SQLite would take the first, and read from the start of the segment to the key."""
    await people(60)
    for order in ORDERS:
        for text in ("", "created:>1990-01-01 created:<=today", "an"):
            source = await open_source(parse(text), order)
            for stretch in source.access.stretches:
                segment, key = stretch.segment, ("x", 1)[: len(stretch.segment.keys)]
                for forward in (True, False):
                    up = forward != segment.descending
                    condition = range_of(
                        segment, Sql(f"{segment.walked[0]} {'>' if up else '<'} ?", key), forward=forward
                    )
                    bounds = condition.text.count(f"{segment.walked[0]} {'>' if up else '<'}")
                    assert bounds == 1, (text, str(order), condition)


async def test_a_position_outside_the_range_of_a_search_leads_to_its_start(database: Database) -> None:
    await people(60)
    for order, early, late in ((Order(), "aaa", "zzz"), (Order(descending=True), "zzz", "aaa")):
        source = await open_source(parse("username:an*"), order)
        ids = await walk(source, 50, forward=True)
        assert [row.id for row in (await source.page(Position(0, (early,)), 5, forward=True)).rows] == ids[:5]
        assert (await source.page(Position(0, (late,)), 5, forward=True)).rows == ()
        assert [row.id for row in (await source.page(Position(0, (late,)), 5, forward=False)).rows] == ids[-5:]


async def test_a_row_is_found_where_it_stands(database: Database) -> None:
    await people(40)
    for order in ORDERS:
        for text in ("", "a", "is:active", "is:locked"):
            source = await open_source(parse(text), order)
            ids = await walk(source, 50, forward=True)
            for user_id in ids[:: max(1, len(ids) // 5)]:
                row = await source.find(user_id)
                assert row is not None
                after = await source.page(row.position, 100, forward=True)
                assert [other.id for other in after.rows] == ids[ids.index(user_id) + 1 :]
            missing = {row.id for row in await Account.all().only("id")} - set(ids)
            assert [await source.find(user_id) for user_id in sorted(missing)[:3]] == [None] * min(3, len(missing))


async def test_a_row_has_what_the_list_shows(database: Database) -> None:
    login, until = NOW - timedelta(hours=2), NOW + timedelta(hours=1)
    async with in_transaction():
        user = User(username="Maria", email="M@x.example", full_name="Maria Ü", hashed_password="secret-hash")
        await user.save()
        await UserAuthState.create(user=user, last_login_at=login, locked_until=until)
        for name in ("support", "auditor", "dba"):
            role = await Role.get(name=name)
            await UserRole.create(user=user, role=role, expires_at=NOW if name == "dba" else None)

    page = await (await open_source(parse("maria"), Order())).page(None, 5, forward=True)

    (row,) = page.rows
    assert (row.id, row.username, row.email, row.full_name) == (user.id, "Maria", "M@x.example", "Maria Ü")
    assert (row.last_login_at, row.locked_until) == (login, until)
    assert row.roles == ("auditor", "support")
    assert row.is_active is True
    assert "secret-hash" not in repr(row)


async def test_a_page_is_two_queries_whatever_it_holds(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    source = await open_source(parse(""), Order())
    asked: list[str] = []
    client = Account._meta.db
    real = client.execute_query

    async def counted(query: str, values: list[Any] | None = None) -> Any:
        asked.append(query)
        return await real(query, values)

    monkeypatch.setattr(client, "execute_query", counted)
    page = await source.page(None, 50, forward=True)

    assert len(page.rows) == 50
    assert len(asked) == 2
    assert not any("hashed_password" in query for query in asked)


async def test_an_unknown_role_is_an_error_where_it_stands(database: Database) -> None:
    with pytest.raises(QueryError) as caught:
        await open_source(parse("ali role:suport"), Order())

    assert caught.value.position == 9
    assert "there is no role suport. Did you mean support" in caught.value.message


async def test_a_search_for_nothing_gives_no_rows(database: Database) -> None:
    page = await (await open_source(parse("nobody"), Order())).page(None, 5, forward=True)

    assert page.rows == ()
    assert page.edge is None


@pytest.mark.parametrize(
    "text", ["x'OR'1'='1", "x';--", "50%", "a_c", "\U0010ffff", "*%%%*", "*___*", "back\\slash", "?$1"]
)
async def test_signs_of_sql_are_text(database: Database, text: str) -> None:
    await people(20)
    everybody = await everyone()
    source = await open_source(parse(text), Order(OrderBy.ID))

    assert await walk(source, 50, forward=True) == reference(everybody, text, Order(OrderBy.ID))


def test_orders_are_named_and_others_refused() -> None:
    for order in ORDERS:
        assert parse_order(str(order)) == order
    with pytest.raises(OrderError, match="No index serves the order shoe-size"):
        parse_order("-shoe-size")
