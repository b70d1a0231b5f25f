"""What the changeset looks like at both design sizes: the list with its diff, the review, what stopped it, leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from models.operations import apply, plan_edit
from models.operations.changesets.commit import plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import StagedEdit
from tests.models.operations.people import acting, user
from tests.tui.screens.audit.trail import HOSTILE
from tests.tui.screens.user.writing import root
from tests.tui.shell import FilledShell, shell_on
from tests.tui.snapshots import LARGE, SIZES, SMALL, freeze_clock, still
from tests.tui.waiting import until, until_shown
from tests.tui.zones import in_zone
from tui.screens.changes.commit import CommitDialog
from tui.screens.changes.leaving import LeaveDialog
from tui.screens.changes.outcome import OutcomeDialog
from tui.screens.changes.screen import ChangesScreen
from tui.screens.dialogs.base import Dialog

pytestmark = pytest.mark.sqlite_only  # pixels do not depend on the database; the tests of behaviour do both

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times that pass are said as one; the zone is UTC."""
    with in_zone("UTC"):
        for module in ("tui.screens.user.merge", "tui.screens.changes.words"):
            monkeypatch.setattr(f"{module}.clock", lambda _: "14:02")
        freeze_clock(monkeypatch, "tui.screens.changes.words", at=AT + timedelta(days=2))
        monkeypatch.setattr("models.operations.changesets.rows.moment", lambda _: "2026-03-02 14:02 UTC")
        monkeypatch.setattr("tui.screens.changes.screen.wall_clock", lambda: "12:00:00")
        yield


class Filled(FilledShell):
    """Some edits are staged, of which one in three is in order."""

    hostile = False

    async def fill(self) -> None:
        self.person = await root()
        maria = await user("maria", "operator")
        people = [
            await user(name, email=f"{name}@example.com", full_name=name.title()) for name in ("alice", "bob", "carol")
        ]
        name = HOSTILE if self.hostile else "Alice Mary Jones"
        edits = [
            StagedEdit.of(people[0], {"full_name": name, "email": "alice@new.example"}, AT),
            StagedEdit.of(people[1], {"username": "robert", "must_change_password": True}, AT),
            StagedEdit.of(people[2], {"username": "maria"}, AT),
        ]
        await apply(await plan_edit(acting(maria), people[0], {"full_name": "Alice J.", "is_verified": True}))
        for edit in edits:
            await self.staged.put(edit)


def app_on(url: str, *, hostile: bool = False) -> Filled:
    app = Filled(shell_on(ChangesScreen).launch, ChangesScreen)
    app.url, app.hostile = url, hostile
    return app


async def _checked(pilot: Pilot[Any]) -> None:
    await until_shown(pilot, "checked")
    await pilot.app.workers.wait_for_complete()


async def _second(pilot: Pilot[Any]) -> None:
    await _checked(pilot)
    await pilot.press("j")
    await until_shown(pilot, "robert")


async def _review(pilot: Pilot[Any]) -> None:
    await _checked(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommitDialog))
    await until_shown(pilot, "3 users, ")


async def _stopped(pilot: Pilot[Any]) -> None:
    await _checked(pilot)
    app = pilot.app
    assert isinstance(app, Filled)
    from models.operations.changesets.commit import apply_changeset

    outcome = await apply_changeset(await plan_changeset(app.actor, app.staged.edits))
    assert [row.state for row in outcome.blocked] == [RowState.CONFLICT, RowState.INVALID]
    await app.push_screen(OutcomeDialog(outcome))


async def _leaving(pilot: Pilot[Any]) -> None:
    await _checked(pilot)
    await pilot.press("ctrl+q")
    await until(pilot, lambda: isinstance(pilot.app.screen, LeaveDialog))


async def _empty(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, Filled)
    await app.staged.discard()
    await until_shown(pilot, "Nothing is staged.")


async def _dropping(pilot: Pilot[Any]) -> None:
    await _checked(pilot)
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))


CASES: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "conflict": _checked,
    "ready": _second,
    "review": _review,
    "stopped": _stopped,
    "leaving": _leaving,
    "empty": _empty,
    "dropping": _dropping,
}


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("case", CASES)
def test_picture(snap_compare: Callable[..., bool], database_url: str, size: tuple[int, int], case: str) -> None:
    assert snap_compare(app_on(database_url), terminal_size=size, run_before=still(CASES[case]))


@pytest.mark.parametrize("case", ["conflict", "stopped"])
def test_picture_without_colour(
    snap_compare: Callable[..., bool], database_url: str, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on(database_url), terminal_size=SMALL, run_before=still(CASES[case]))


@pytest.mark.parametrize("case", ["conflict", "review"])
def test_picture_of_hostile_values(snap_compare: Callable[..., bool], database_url: str, case: str) -> None:
    assert snap_compare(app_on(database_url, hostile=True), terminal_size=LARGE, run_before=still(CASES[case]))
