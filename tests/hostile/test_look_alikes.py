"""Names that a person cannot tell apart: refused at every door by which a name comes in, whichever was there first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.operations import Status, apply, plan_create, plan_edit, plan_restore, plan_soft_delete
from models.operations.alike import look_alikes_of
from models.operations.transactions import connection
from tests.models.operations.people import acting, remove, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

PAIRS = (
    ("admin", "\u0430dmin"),  # one Cyrillic letter
    ("admin", "\u0430dm\u0456n"),  # two
    ("scope", "\u0455\u0441\u043e\u0440\u0435"),  # wholly Cyrillic
    ("maria", "rnaria"),
    ("tool", "t00l"),
    ("admin", "\uff41dmin"),  # full width: the same under NFKC
    ("coco", "COCO"),
    ("hamilton.moore.collin", "harnilton.rnoore.co11in"),  # more spellings than a few hundred
    ("l" * 49, "1" + "l" * 48),
)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda name: ascii(name).strip("'"))
async def test_neither_comes_after_the_other(one: str, other: str, database: Database) -> None:
    root, bystander = await superuser(), await user("bystander")
    for there, new in ((one, other), (other, one)):
        holder = await user(there)
        made = await plan_create(acting(root), {"username": new})
        renamed = await plan_edit(acting(root), bystander, {"username": new})
        assert [error.field for error in (*made.errors, *renamed.errors)] == ["username", "username"]
        assert (await apply(renamed)).status is not Status.OK
        await remove(holder)


async def test_a_name_that_comes_back(database: Database) -> None:
    root, gone = await superuser(), await user("maria")
    assert (await apply(await plan_soft_delete(acting(root), gone.id))).status is Status.OK
    await user("m\u0430ria")
    back = await plan_restore(acting(root), gone.id)
    assert back.errors or back.refusals


async def test_who_looks_alike_is_found_from_both_sides(database: Database) -> None:
    pair = [await user("admin"), await user("\u0430dmin")]
    for one, other in (pair, reversed(pair)):
        assert [named.id for named in await look_alikes_of(connection(), one)] == [other.id]


@pytest.mark.parametrize("name", ["ad\u200bmin", "admin\u3164", "\u202enimda", "a" + "\u0301" * 4, "x" * 51])
async def test_what_cannot_be_seen_is_no_name(name: str, database: Database) -> None:
    made = await plan_create(acting(await superuser()), {"username": name})
    assert [error.field for error in made.errors] == ["username"]
