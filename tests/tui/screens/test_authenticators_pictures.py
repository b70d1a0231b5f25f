"""What the dialogs of authenticators and the second step of signing in look like, at both design sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from models.mfa_secrets import use_key_file, use_keys
from models.operations import Secret
from models.totp import enrolment_uri
from tests.models.operations.mfa.phone import KEYS, enrolled, foreign
from tests.models.operations.people import PASSWORD, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import alice
from tests.tui.shell import FilledShell, shell_on, superuser
from tests.tui.snapshots import SIZES, SMALL, still
from tests.tui.waiting import until, until_shown
from tui.screens.base import AreaScreen
from tui.screens.me.enrol import EnrolDialog
from tui.screens.me.first_code import FirstCodeDialog
from tui.screens.me.remove_factor import RemoveFactorDialog
from tui.screens.start.sign_in import SignInScreen
from tui.screens.user.factors import FactorDialog
from tui.widgets.sign_in_form import SignInForm

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; the tests of behaviour do both

URI = enrolment_uri(b"12345678901234567890", "maria")
"""A secret that everybody knows (RFC 6238)."""


@pytest.fixture(autouse=True)
def _held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key, and a clock that stands still where seconds are counted."""
    monkeypatch.setattr("tui.screens.me.first_code.monotonic", lambda: 1000.0)
    use_keys(KEYS)
    yield
    use_key_file(None)


class Enrolled(FilledShell):
    """Alice has two authenticators, the one who looks has one."""

    label = "yubikey"

    async def fill(self) -> None:
        account = await user("root", is_superuser=True)
        self.person = superuser(account.id, "root")
        await enrolled(account, "tablet")
        target = await alice("support")
        await enrolled(target)
        await foreign(target, self.label)

    def on_mount(self) -> None:
        """Textual calls the handler of the class above by itself, after this one: it puts the dialog on top."""
        self.push_screen(AreaScreen())


async def _revealed(pilot: Pilot[Any]) -> None:
    await pilot.press("r")
    await until_shown(pilot, "GEZD")


async def _ready(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: not pilot.app.screen.query_one("#confirm", Button).disabled)


async def _nothing(_: Pilot[Any]) -> None:
    return


async def _code_asked(pilot: Pilot[Any]) -> None:
    pilot.app.screen.query_one("#username").value = "maria"  # type: ignore[attr-defined]
    pilot.app.screen.query_one(SignInForm).ask_code(Secret(PASSWORD))


CASES: dict[str, tuple[Callable[[], Screen[Any]], Callable[[Pilot[Any]], Any]]] = {
    "enrol": (EnrolDialog, _nothing),
    "masked": (lambda: FirstCodeDialog(Secret(URI)), _nothing),
    "revealed": (lambda: FirstCodeDialog(Secret(URI)), _revealed),
    "remove": (lambda: RemoveFactorDialog(1), _ready),
    "reset": (lambda: FactorDialog(2, 3), _ready),
    "sign-in": (SignInScreen, _code_asked),
}


def app_for(url: str, make: Callable[[], Screen[Any]]) -> Enrolled:
    app: Enrolled = Enrolled(shell_on(AreaScreen).launch, make)
    app.url = url
    return app


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", CASES)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    make, do = CASES[case]
    assert snap_compare(app_for(database_url, make), terminal_size=size, run_before=still(do))


def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dark on light all the same: a camera has to read it."""
    monkeypatch.setenv("NO_COLOR", "1")
    make, do = CASES["revealed"]
    assert snap_compare(app_for(database_url, make), terminal_size=SMALL, run_before=still(do))


def test_picture_of_a_hostile_name(snap_compare: Callable[..., bool], database_url: str) -> None:
    make, do = CASES["reset"]
    app = app_for(database_url, make)
    app.label = HOSTILE[:80]
    assert snap_compare(app, terminal_size=SMALL, run_before=still(do))
