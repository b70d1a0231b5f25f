"""What the audit looks like: the list, an event, a check, at both design sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.screens.audit.trail import EVERYDAY, HOSTILE, event, write_trail
from tests.tui.shell import FilledShell, shell_on
from tests.tui.snapshots import still
from tests.tui.waiting import screen_text, until, until_shown
from tests.tui.zones import in_zone
from tui.screens.audit.event import AuditEventScreen
from tui.screens.audit.exporting import AuditExportDialog
from tui.screens.audit.screen import AuditScreen
from tui.screens.dialogs.chain import ChainDialog
from tui.widgets.search_box import SearchInput

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
STRANGE = event(actor_label=HOSTILE, target_label=HOSTILE, ticket="[red]7[/red]", reason=HOSTILE)

pytestmark = (
    pytest.mark.sqlite_only
)  # pixels do not depend on the database; tests/tui/screens/audit/test_list.py does both


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One afternoon in Berlin; every page takes no time."""
    with in_zone("Europe/Berlin"):
        monkeypatch.setenv("HOME", "/home/maria")
        noon = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
        monkeypatch.setattr("tui.screens.audit.screen.now_here", lambda: noon.astimezone())
        monkeypatch.setattr("tui.widgets.keyset_reading.perf_counter", lambda: 0.0)
        yield


class Filled(FilledShell):
    """A trail of 22 events, one of them strange."""

    async def fill(self) -> None:
        await write_trail([*EVERYDAY, STRANGE, *EVERYDAY, *EVERYDAY])


def app_on(url: str) -> Filled:
    plain = shell_on(AuditScreen)
    app = Filled(plain.launch, AuditScreen)
    app.url, app.person = url, plain.person
    return app


async def _listed(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, AuditScreen) and "~22" in screen_text(pilot))


async def _opened(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press(*"jjjj", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, AuditEventScreen) and "Changes" in screen_text(pilot))


async def _checked(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("V")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChainDialog) and "All 22" in screen_text(pilot))


async def _searched(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("slash", *"maria -outcome:ok", "enter")
    await until_shown(pilot, "6 events: ")


async def _wrong(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("slash")
    # All of it at once: what is searched for while it is typed is up to the machine.
    pilot.app.screen.query_one(SearchInput).value = "maria outcome:refused"
    await pilot.press("enter")
    await until_shown(pilot, "Did you mean denied?")


async def _exporting(pilot: Pilot[Any]) -> None:
    await _searched(pilot)
    await pilot.press("X")
    await until(pilot, lambda: isinstance(pilot.app.screen, AuditExportDialog) and pilot.app.screen.is_settled)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("before", [_listed, _opened, _checked, _searched, _wrong, _exporting])
def test_picture(
    snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], before: Callable[..., Any]
) -> None:
    assert snap_compare(app_on(database_url), terminal_size=size, run_before=still(before))


def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on(database_url), terminal_size=(80, 24), run_before=_listed)
