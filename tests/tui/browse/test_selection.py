"""All that match, frozen: the same users that the list shows, as of one moment, however they are found."""

from __future__ import annotations

import asyncio
from array import array
from typing import TYPE_CHECKING

import pytest

from models import Account
from tests.models.operations.raw import execute
from tests.tui.browse.people import people
from tests.tui.browse.test_pages import QUERIES, walk
from tui.browse.lists import selection
from tui.browse.lists.orders import parse_order
from tui.browse.lists.pages import open_source
from tui.browse.lists.selection import TooMany, freeze, freeze_ids
from tui.browse.search.query import QueryError, parse

if TYPE_CHECKING:
    from tui.database import Database


@pytest.fixture(params=["short", "long"])
def slices(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "short":
        monkeypatch.setattr(selection, "SLICE", 7)
        monkeypatch.setattr(selection, "FETCHED", 5)


@pytest.mark.usefixtures("slices")
async def test_it_is_what_the_list_shows(database: Database) -> None:
    await people(60)
    for text in QUERIES:
        query = parse(text)
        found = await freeze(query)
        listed = await walk(await open_source(query, parse_order("id")), 50, forward=True)
        assert found.ids.tolist() == listed, text
        versions = dict(await Account.filter(id__in=listed).values_list("id", "version"))
        assert found.versions.tolist() == [versions[one] for one in listed]
        assert (found.words, found.query) == (query.words(), text)


@pytest.mark.parametrize("text", ["", "is:inactive"])
async def test_too_many_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    await people(60)
    monkeypatch.setattr(selection, "MOST", 3)
    with pytest.raises(TooMany, match="Narrow the search"):
        await freeze(parse(text))
    assert len(await freeze(parse('"anna"'))) <= 3  # and the connection is as good as before


async def test_a_role_that_is_not_there_is_an_error(database: Database) -> None:
    await people(60)
    with pytest.raises(QueryError):
        await freeze(parse("role:nobody"))


@pytest.mark.usefixtures("slices")
async def test_what_is_committed_meanwhile_is_not_seen(database: Database) -> None:
    await people(60)
    before = await freeze(parse(""))
    changed: list[asyncio.Task[None]] = []

    def change(found: int, part: float | None) -> None:
        del found, part
        if not changed:
            changed.append(asyncio.create_task(execute(database, "UPDATE users SET version = version + 100")))

    selection_of = await freeze(parse(""), progress=change)
    await changed[0]
    assert selection_of.versions in (before.versions, array("q", [one + 100 for one in before.versions]))
    assert (await freeze(parse(""))).versions == array("q", [one + 100 for one in before.versions])


async def test_progress_ends_with_all_that_was_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    monkeypatch.setattr(selection, "SLICE", 7)
    told: list[tuple[int, float | None]] = []
    found = await freeze(parse("is:active"), progress=lambda *now: told.append(now))
    parts = [part for _, part in told]
    assert told[-1] == (len(found), 1.0)
    assert parts == sorted(part for part in parts if part is not None)


async def test_it_can_be_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(60)
    monkeypatch.setattr(selection, "SLICE", 1)
    reached = asyncio.Event()
    task = asyncio.create_task(freeze(parse("is:active"), progress=lambda *_: reached.set()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await freeze(parse(""))) == await Account.all().count()


async def test_marks_are_frozen_each_once_in_order(database: Database) -> None:
    await people(60)
    known: list[int] = sorted(await Account.all().values_list("id", flat=True))  # type: ignore[arg-type]
    found = await freeze_ids([*reversed(known), *known, 10**6])
    assert found.ids.tolist() == [*known, 10**6]
    assert found.versions[-1] == 0
    assert found.words == f"{len(known) + 1} marked users"
