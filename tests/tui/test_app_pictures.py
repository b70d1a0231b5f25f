"""What the shared screens and dialogs look like, at both sizes, and without colours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.screen import Screen

from models.operations import Change, Secret
from tests.tui.shell import shell_on
from tests.tui.snapshots import LARGE, SIZES, SMALL, still
from tests.tui.zones import in_zone
from tui.badge import DEMO, PROD
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.error_details import ErrorDetails
from tui.screens.dialogs.help import HelpDialog
from tui.screens.dialogs.review import ReviewDialog
from tui.screens.dialogs.secret import SecretDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.start.first_superuser import FirstSuperuserScreen
from tui.screens.start.lock import LockScreen
from tui.screens.start.sign_in import SignInScreen
from tui.screens.status import StatusScreen
from tui.troubles import Trouble
from tui.widgets.target_card import Card

CARD = Card(
    4712, "ali\u202ebob", "alice.jones@example.com", "locked until 14:30 · last login yesterday 17:02 · 2 sessions"
)
TROUBLE = Trouble(
    datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    "db1.internal is not reachable (refused). Nothing was changed.",
    "DatabaseUnavailable",
    "08006",
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One zone, and a minute that does not run out."""
    with in_zone("UTC"):
        monkeypatch.setattr("tui.screens.dialogs.secret.monotonic", lambda: 0.0)
        yield


def _deactivate() -> ConfirmDialog:
    return ConfirmDialog(
        "Deactivate",
        ["2 sessions end now", "the account cannot sign in until it is activated again"],
        card=CARD,
        warnings=["the sessions cannot be brought back"],
        yes="Deactivate",
        destructive=True,
        twin="shellback users deactivate 4712",
    )


def _review() -> ReviewDialog:
    changes = [
        Change("email", "a@old.example", "a@new.example"),
        Change("full_name", "", "Alice \x1b[31mJones"),
        Change("is_active", True, False),
    ]
    return ReviewDialog("Save", changes, card=CARD, labels={"email": "e-mail", "full_name": "full name"})


SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "busy": lambda: BusyDialog(["reset of alice"]),
    "deactivate": _deactivate,
    "error": lambda: ErrorDetails(TROUBLE),
    "first superuser": FirstSuperuserScreen,
    "lock": LockScreen,
    "review": _review,
    "secret": lambda: SecretDialog(Secret("abcde-fghij-klmno-pqrst"), ["It must be changed by Mon 14:05."], card=CARD),
    "sign in": SignInScreen,
    "status": StatusScreen,
    "type to confirm": lambda: TypeToConfirm("Delete", "4712", ["This cannot be undone."], card=CARD, yes="Delete"),
}


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SCREENS)
def test_picture(snap_compare: Callable[..., bool], name: str, size: tuple[int, int]) -> None:
    app = shell_on(SCREENS[name], badge=PROD)
    app.busy.append("reset of alice")  # a dialog that waits for it closes without
    assert snap_compare(app, terminal_size=size, run_before=still())


@pytest.mark.parametrize("name", ["deactivate", "secret", "sign in", "status"])
def test_picture_without_colour(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(shell_on(SCREENS[name], badge=PROD), terminal_size=SMALL, run_before=still())


def test_picture_of_the_light_theme(snap_compare: Callable[..., bool]) -> None:
    app = shell_on(_deactivate, badge=DEMO)
    app.choose_theme("shellback-light")
    assert snap_compare(app, terminal_size=SMALL, run_before=still())


@pytest.mark.parametrize("size", [(20, 5), (59, 40), (120, 14)], ids=["20x5", "59x40", "120x14"])
def test_picture_of_a_terminal_that_is_too_small(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(shell_on(StatusScreen, badge=PROD), terminal_size=size, run_before=still())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_the_help(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = shell_on(StatusScreen, badge=PROD)

    async def open_help(_: Any) -> None:
        await app.push_screen(HelpDialog.of(app.screen))

    assert snap_compare(app, terminal_size=size, run_before=still(open_help))
