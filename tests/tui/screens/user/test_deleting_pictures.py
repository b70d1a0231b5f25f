"""What deleting and restoring look like, at both design sizes, with tables of an application that nobody described."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from models.operations import apply, plan_soft_delete
from tests.models.operations.people import acting, user
from tests.models.operations.raw import execute
from tests.tui.screens.user.test_writing_pictures import Filled
from tests.tui.screens.user.writing import until_said
from tests.tui.shell import shell_on
from tests.tui.snapshots import SIZES, still
from tests.tui.zones import in_zone
from tui.screens.base import AreaScreen
from tui.screens.user.deleting import DeleteDialog
from tui.widgets.check import Options

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; the tests of behaviour do both

Do = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zone is UTC, and a moment of now is always the same one."""
    with in_zone("UTC"):
        monkeypatch.setattr("tui.widgets.user_words.stamp", lambda *_: "today 14:02")
        yield


class Shop(Filled):
    """A shop beside Shellback: its tables refer to users."""

    deleted = False
    name_taken = False

    async def fill(self) -> None:
        await super().fill()
        assert self.database is not None
        await execute(
            self.database,
            "CREATE TABLE orders (id integer PRIMARY KEY, buyer_id integer REFERENCES users (id) ON DELETE CASCADE);"
            "CREATE TABLE invoices (id integer PRIMARY KEY, payer_id integer REFERENCES users (id));"
            "CREATE TABLE visits (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE SET NULL);"
            f"INSERT INTO visits (user_id) VALUES ({self.target.id}), ({self.target.id});"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234)"
            f" INSERT INTO orders SELECT i, {self.target.id} FROM n;"
            + (f"INSERT INTO invoices VALUES (1, {self.target.id})" if self.named.get("full_name") else ""),
        )
        if self.deleted:
            await apply(await plan_soft_delete(acting(self.maria), self.target.id))
        if self.name_taken:
            await user("Alice.Jones")


def shop(url: str, *, deleted: bool = False, name_taken: bool = False, **named: Any) -> Shop:
    app: Shop = Shop(shell_on(AreaScreen).launch, lambda: DeleteDialog(app.target.id))
    app.url, app.named, app.deleted, app.name_taken = url, named, deleted, name_taken
    return app


def _choose(key: str) -> Do:
    async def do(pilot: Pilot[Any]) -> None:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        pilot.app.screen.query_one("#way", Options).pick(key)
        await until_said(pilot, {"delete": "users delete 3", "for-good": "--hard", "restore": "restore 3"}[key])

    return do


async def _typed(pilot: Pilot[Any]) -> None:
    await _choose("for-good")(pilot)
    pilot.app.screen.query_one("#typed", Input).value = "alice.jones"


async def _wait(pilot: Pilot[Any]) -> None:
    await until_said(pilot, "users ")


CASES: dict[str, tuple[dict[str, Any], Do]] = {
    "deactivate": ({}, _wait),
    "delete": ({}, _choose("delete")),
    "for good": ({}, _typed),
    "in the way": ({"full_name": "Alice"}, _choose("for-good")),
    "restore": ({"deleted": True}, _wait),
    "name taken": ({"deleted": True, "name_taken": True}, _wait),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("case", CASES)
def test_deleting(case: str, size: tuple[int, int], database_url: str, snap_compare: Any) -> None:
    more, do = CASES[case]
    assert snap_compare(shop(database_url, **more), terminal_size=size, run_before=still(do))
