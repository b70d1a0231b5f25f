# ruff: noqa: ASYNC240 - small files of a test, whose disk nobody waits for
"""The audit searched, filtered by keys, exported and archived, through its screen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from textual.widgets import Button, Input

from models import AuditArchive, AuditEvent
from models.operations import ActorKind
from models.operations.audit.verify import verify_trail
from models.operations.plan import Actor
from tests.models.operations.people import superuser, user
from tests.tui.screens.audit.test_list import ready
from tests.tui.screens.audit.trail import EVERYDAY, event, write_trail
from tests.tui.shell import person, shell_on
from tests.tui.waiting import screen_text, until, until_shown
from tui.screens.audit.archiving import ArchiveDialog
from tui.screens.audit.exporting import AuditExportDialog
from tui.screens.audit.screen import AuditScreen
from tui.screens.audit.undo import UndoDialog
from tui.screens.user.screen import UserScreen

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.database import Database

BATCH = UUID(int=77)


def labels(app: ShellbackApp) -> list[str]:
    """The targets of the listed events."""
    screen = next(screen for screen in app.screen_stack if isinstance(screen, AuditScreen))
    return [row.target_label for row in screen.table.window.rows]


async def trail(*more: dict[str, Any]) -> dict[str, int]:
    ids = {name: (await user(name)).id for name in ("alice", "bob")}
    made = [
        event(
            target_id=ids[name],
            target_label=name,
            action=action,
            outcome="denied" if number % 3 == 0 else "ok",
            batch_id=BATCH if number in (2, 3) else None,
        )
        for number, (name, action) in enumerate(
            (name, action) for action in ("users.edit", "users.reset_password", "users.lock") for name in ids
        )
    ]
    await write_trail([*made, *more])
    return ids


async def test_a_text_searches_and_esc_goes_back_to_everything(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("slash", *"target:alice outcome:ok", "enter")
        await until(pilot, lambda: labels(app) == ["alice"] * 2)
        await until_shown(pilot, "2 events: on alice, outcome ok")
        assert app.screen.query_one("KeysetTable").has_focus
        await pilot.press("f", *"action:edit", "enter")  # what stood there is replaced
        await until(pilot, lambda: labels(app) == ["bob", "alice"])
        await pilot.press("escape")
        await until(pilot, lambda: len(labels(app)) == 6)
        assert app.screen.query_one(Input).value == ""


async def test_what_is_wrong_stands_under_its_place_and_the_list_stays(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("slash", *"outcome:refused", "enter")
        await until_shown(pilot, "Did you mean denied?")
        assert len(labels(app)) == 6
        await pilot.press("escape", "slash", *"action:users.edti", "enter")
        await until_shown(pilot, "Did you mean users.edit?")


async def test_nothing_that_fits_says_so(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("slash", *"outcome:unknown", "enter")
        await until_shown(pilot, "No event fits. Esc clears the search.")


async def test_the_target_of_an_event_and_then_the_user(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("t")
        await until(pilot, lambda: labels(app) == ["bob"] * 3)
        await until(pilot, lambda: ready(app))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, UserScreen))


async def test_the_batch_of_an_event(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("b")
        await until_shown(pilot, "This event is not part of a bulk change.")
        await pilot.press("j", "j", "b")
        await until(pilot, lambda: len(labels(app)) == 2)
        assert f"batch:{BATCH}" in app.screen.query_one(Input).value


async def test_undo_opens_its_dialog(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, UndoDialog))


async def test_the_rows_and_the_cursor_stay_through_a_refresh(database: Database) -> None:
    await trail()
    app = shell_on(AuditScreen, database=database)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("slash", *"outcome:ok", "enter")
        await until(pilot, lambda: len(labels(app)) == 4)
        await pilot.press("j", "j")
        screen = app.screen
        assert isinstance(screen, AuditScreen)
        before = screen.table.row
        assert before is not None
        await write_trail([event(outcome="ok")])
        await pilot.press("r")
        await until(pilot, lambda: len(labels(app)) == 5 and ready(app))
        assert screen.table.row is not None
        assert screen.table.row.id == before.id


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.csv"])
async def test_what_is_listed_is_exported_and_recorded(database: Database, tmp_path: Path, name: str) -> None:
    root = await superuser()
    await trail(event(target_label="=cmd|' /C calc'!A0", reason="a\x1b[31m\n=1+1"))
    app = shell_on(AuditScreen, database=database)
    app.person = replace(person(user_id=root.id, label="root"), is_superuser=True)
    path = tmp_path / name
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.press("slash", *"-outcome:denied", "enter")
        await until(pilot, lambda: len(labels(app)) == 5)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, AuditExportDialog) and app.screen.is_settled)
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Exported 5 events")
        text = path.read_text()
        if name.endswith("csv"):
            assert text.splitlines()[0].startswith("seq,at,actor")
            assert "'=cmd" in text
            assert "\x1b" not in text
        else:
            assert [json.loads(line)["outcome"] for line in text.splitlines()] == ["ok"] * 5
            assert json.loads(text.splitlines()[0])["reason"] == "a\x1b[31m\n=1+1"
        assert path.stat().st_mode & 0o777 == 0o600
        recorded = await AuditEvent.get(action="audit.export")
        assert (recorded.meta["rows"], recorded.target_label, recorded.actor_label) == (5, "not outcome denied", "root")


async def test_who_may_not_export_gets_no_file(database: Database, tmp_path: Path) -> None:
    """The key is greyed; the operation refuses all the same, and that is recorded."""
    from models.operations.context import Stopped
    from tui.browse.audit.query import parse_audit
    from tui.transfer.audit_export import AuditExportRequest, export_audit
    from tui.transfer.sheets import Format

    other = await user("sam", "support")
    await trail()
    request = AuditExportRequest(parse_audit(""), Format.CSV, tmp_path / "trail.csv")
    with pytest.raises(Stopped, match=r"audit\.export"):
        await export_audit(request, Actor(other.id, "sam", ActorKind.TUI))
    assert [entry.name for entry in tmp_path.iterdir() if "trail" in entry.name] == []
    assert await AuditEvent.filter(action="audit.export", outcome="denied").count() == 1


async def test_the_oldest_events_are_archived_from_the_palette(database: Database, tmp_path: Path) -> None:
    root = await superuser()
    await write_trail(EVERYDAY)
    app = shell_on(AuditScreen, database=database)
    app.person = replace(person(user_id=root.id, label="root"), is_superuser=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: ready(app))
        screen = app.screen
        assert isinstance(screen, AuditScreen)
        [command] = [command for command in screen.commands() if command.title.startswith("Archive")]
        command.run()
        await until(pilot, lambda: isinstance(app.screen, ArchiveDialog) and app.screen.is_settled)
        await until(
            pilot, lambda: "there is nothing to archive" in screen_text(pilot) or "7 rows" in screen_text(pilot)
        )
        days = (datetime.now(UTC) - datetime(2026, 3, 2, tzinfo=UTC)) // timedelta(days=1)
        app.screen.query_one("#keep", Input).value = f"{max(1, days - 1)}d" if days > 1 else "1m"
        app.screen.query_one("#path", Input).value = str(tmp_path / "trail.jsonl")
        await until(
            pilot,
            lambda: "7 rows up to" in screen_text(pilot) and not app.screen.query_one("#confirm", Button).disabled,
        )
        await pilot.press("ctrl+s")
        await until_shown(pilot, "SHA-256")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen and ready(app))
        assert len((tmp_path / "trail.jsonl").read_text().splitlines()) == 7
        assert await AuditArchive.all().count() == 1
        assert (await verify_trail()).is_whole
