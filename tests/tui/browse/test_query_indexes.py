"""The SELECTs that list the users of a term read an index, and no table from end to end."""

import pytest

from tests.tui.browse.people import people
from tests.tui.browse.strangers import NOW
from tests.tui.browse.test_plans import plan_of
from tui.browse.conditions.users import Context, conditions, load_roles
from tui.browse.search.query import parse
from tui.browse.sql import dialect
from tui.database import Database

LISTED = [
    "ali",
    '"ali"',
    "username:ali",
    'email:"ali"',
    "id:4711",
    "id:100..200",
    "id:>=100",
    "created:<90d",
    "created:2026-01-01",
    "created:2026-01-01..2026-02-01",
    "login:>90d",
    "login:any",
    "-login:none",
    "locked:<1h",
    "deleted:any",
    "-deleted:none",
    "deleted:<7d",
    "is:superuser",
    "is:inactive",
    "is:deleted",
    "is:locked",
    "-is:active",
    "role:support",
    "has:role",
]
TESTED = ["-ali", "name:ali", "expires:<7d", "is:verified", "is:look-alike", "has:session", "deleted:none", "*abc*"]


@pytest.mark.parametrize("text", LISTED)
async def test_a_list_reads_an_index(database: Database, text: str) -> None:
    await people(60)  # without statistics: with those of so few, a whole table is a short walk
    (condition,) = conditions(parse(text), Context(NOW, await load_roles(), dialect()))

    assert condition.listed_by
    for select in condition.listed_by:
        plan = await plan_of(select)
        assert "Index" in plan or "USING" in plan, plan
        assert "SCAN" not in plan, plan
        assert "Seq Scan" not in plan, plan


async def test_what_no_index_lists_is_not_listed(database: Database) -> None:
    for text in TESTED:
        (condition,) = conditions(parse(text), Context(NOW, await load_roles(), dialect()))
        assert condition.listed_by == (), text
