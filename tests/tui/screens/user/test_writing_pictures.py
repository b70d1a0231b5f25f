"""What the dialogs that write look like, at both design sizes, without colour, and with hostile names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Input

from models.operations import apply, plan_edit
from tests.models.operations.people import acting, reread, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import alice, root
from tests.tui.shell import FilledShell, shell_on
from tests.tui.snapshots import LARGE, SIZES, SMALL, still
from tests.tui.waiting import screen_text, until
from tests.tui.zones import in_zone
from tui.screens.base import AreaScreen
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.user.edit import EditScreen
from tui.screens.user.grant import RoleDialog
from tui.screens.user.lifecycle import ActivationDialog, SessionDialog
from tui.screens.user.locking import LockDialog
from tui.screens.user.merge import MergeScreen
from tui.screens.user.reset import ResetScreen
from tui.widgets.check import Options

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; the tests of behaviour do both

Do = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times that pass are said as one; the zone is UTC."""
    with in_zone("UTC"):
        monkeypatch.setattr("models.operations.credentials.reset_words.moment", lambda _: "2026-03-03 12:00 UTC")
        monkeypatch.setattr("tui.screens.user.lifecycle.stamp", lambda *_: "14:02")
        monkeypatch.setattr("tui.screens.user.merge.clock", lambda _: "14:02")
        yield


class Filled(FilledShell):
    """Somebody to act on, somebody who acts, and a dialog in front."""

    imitated = False
    named: dict[str, Any]

    async def fill(self) -> None:
        self.person = await root()
        self.maria = await user("maria", "operator")
        if self.imitated:
            await user("аlice.jones")
        self.target = await alice("support", locked=True, sessions=2, **self.named)

    def on_mount(self) -> None:
        """Textual calls the handler of the class above by itself, after this one: it puts the dialog on top."""
        self.push_screen(AreaScreen())


def app_on(url: str, make: Callable[[int], Screen[Any]], **named: Any) -> Filled:
    app: Filled = Filled(shell_on(AreaScreen).launch, lambda: make(app.target.id))
    app.url, app.named = url, named
    return app


async def _wait(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def _loaded(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: any(field.value for field in pilot.app.screen.query(Input)))


async def _reviewed(pilot: Pilot[Any]) -> None:
    await _loaded(pilot)
    pilot.app.screen.query_one("#email", Input).value = "aj@x.example"
    pilot.app.screen.query_one("#full_name", Input).value = "Alice Jones"
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, ReviewDialog))


async def _clashed(pilot: Pilot[Any]) -> None:
    await _reviewed(pilot)
    app = pilot.app
    assert isinstance(app, Filled)
    await apply(await plan_edit(acting(app.maria), await reread(app.target), {"email": "a@new.example"}))
    await pilot.press("y")
    await until(pilot, lambda: isinstance(pilot.app.screen, MergeScreen))


async def _refused(pilot: Pilot[Any]) -> None:
    await _loaded(pilot)
    pilot.app.screen.query_one("#username", Input).value = "maria"
    pilot.app.screen.query_one("#email", Input).value = "nowhere"
    await pilot.press("ctrl+s")
    await _wait(pilot)


async def _link(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: not pilot.app.screen.query_one("#confirm", Button).disabled)
    pilot.app.screen.query_one("#method", Options).pick("link")
    await until(pilot, lambda: "--method link" in screen_text(pilot))


async def _longer(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "users unlock" in screen_text(pilot))
    pilot.app.screen.query_one("#way", Options).pick("lock")
    await until(pilot, lambda: "users lock" in screen_text(pilot))


CASES = {
    "reset": (ResetScreen, _wait),
    "reset-link": (ResetScreen, _link),
    "reset-alike": (ResetScreen, _wait),
    "unlock": (LockDialog, _wait),
    "lock": (LockDialog, _longer),
    "session": (lambda user_id: SessionDialog(user_id, 1), _wait),
    "deactivate": (ActivationDialog, _wait),
    "roles": (RoleDialog, _wait),
    "new": (lambda _: EditScreen(None), _wait),
    "edit": (EditScreen, _refused),
    "review": (EditScreen, _reviewed),
    "merge": (EditScreen, _clashed),
}


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", CASES)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    make, do = CASES[case]
    app = app_on(database_url, make)
    app.imitated = case == "reset-alike"
    assert snap_compare(app, terminal_size=size, run_before=still(do))


@pytest.mark.parametrize("case", ["reset", "edit", "merge"])
def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    make, do = CASES[case]
    assert snap_compare(app_on(database_url, make), terminal_size=SMALL, run_before=still(do))


@pytest.mark.parametrize("case", ["reset", "review"])
def test_picture_of_a_hostile_name(snap_compare: Callable[..., bool], database_url: str, case: str) -> None:
    make, do = CASES[case]
    app = app_on(database_url, make, username=HOSTILE[:40], full_name=HOSTILE, email="a@[b]x[/b].example")
    assert snap_compare(app, terminal_size=LARGE if case == "review" else SMALL, run_before=still(do))
