"""The lint on the screens: its column, the page of a file, the whole plan; the editor, and SQL to a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.migrate.projects import execute, init_sql, migration
from tests.tui.screens.migrations.project import write_project
from tests.tui.screens.migrations.test_list import opened, until_listed
from tests.tui.waiting import screen_text, text_of, until, until_shown
from tui.screens.dialogs.path import PathDialog
from tui.screens.migrations.lint.screen import LintScreen
from tui.screens.migrations.screen import MigrationsScreen
from tui.screens.migrations.sql.screen import SqlScreen
from tui.settings import parse_url
from tui.terminal import editor

DROP = "3_20260104000000_drop.py"
QUOTE = "4_20260105000000_quote.py"
MORE = {
    DROP: migration('SELECT 1;\n        DROP TABLE "item";', 'CREATE TABLE "item" ("id" INT);'),
    QUOTE: migration("""ALTER TABLE "aerich" ADD "x" TEXT DEFAULT 'it's';"""),
}


@pytest.fixture
async def project(tmp_path: Path, empty_url: str) -> Path:
    """0 is applied, with some rows; 1 to 4 are pending, 3 drops them and 4 is not valid."""
    root = write_project(tmp_path / "project", empty_url, MORE)
    await execute(empty_url, init_sql(parse_url(empty_url).dialect))
    await execute(
        empty_url,
        "INSERT INTO item (name) VALUES ('a'), ('b');"
        "INSERT INTO aerich (version, app, content) VALUES ('0_20260101000000_init.py', 'models', '{}')",
    )
    return root


async def until_linted(pilot: Pilot[Any]) -> None:
    await until_listed(pilot, "4 pending")
    await until(pilot, lambda: "✖" in screen_text(pilot) and "…  " not in screen_text(pilot))


async def until_told(pilot: Pilot[Any], sentence: str) -> None:
    """A toast says so."""
    await until(pilot, lambda: any(sentence in note.message for note in pilot.app._notifications))


async def test_the_column_is_filled_behind_the_list(project: Path) -> None:
    async with opened(project, size=(120, 40)) as pilot:
        await until_linted(pilot)
        rows = [line for line in screen_text(pilot).splitlines() if "○ pending" in line]
        assert [mark for row in rows for mark in ("ok", "✖ data", "✖ 1") if f" {mark} " in row] == [
            "ok",
            "ok",
            "✖ data",
            "✖ 1",
        ]
        assert " ok " in next(line for line in screen_text(pilot).splitlines() if "● applied" in line)
        await pilot.press("G")
        await until_shown(pilot, "✖ A text with a quote in it is not written")


async def test_the_page_of_a_file_tells_sizes_hits_and_what_to_write(project: Path) -> None:
    async with opened(project, size=(120, 40)) as pilot:
        await until_linted(pilot)
        await pilot.press("G", "k", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        await until_shown(pilot, "1 hit")
        await until_shown(pilot, "The table item is dropped", "row", "instead:", "down · 1 statement")
        shown = screen_text(pilot)
        assert "✖" not in shown.splitlines()[0]
        screen = pilot.app.screen
        assert isinstance(screen, SqlScreen)
        assert screen.why_not("copy_rewrite")
        await pilot.press("n")
        await until(pilot, lambda: screen.front.here is not None and screen.front.here.hits[0].rule == "drops-data")
        await pilot.press("Y")
        await until(pilot, lambda: "first a release" in pilot.app.clipboard)
        await pilot.press("y")
        await until(pilot, lambda: 'DROP TABLE "item"' in pilot.app.clipboard)
        await pilot.press("s")
        await until(pilot, lambda: screen.why_not("next_hit") == "Nothing was found on this side.")


async def test_the_lint_of_the_plan_leads_to_each_place(project: Path) -> None:
    async with opened(project) as pilot:
        await until_linted(pilot)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LintScreen))
        await until_shown(pilot, "files looked through")
        await until(pilot, lambda: "1 error" in text_of(pilot, "#facts"))
        screen = pilot.app.screen
        assert isinstance(screen, LintScreen)
        await pilot.press("G")
        await until_shown(pilot, "quote-in-text")
        await pilot.press("Y")
        await until(pilot, lambda: "'it''s'" in pilot.app.clipboard)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        page = pilot.app.screen
        assert isinstance(page, SqlScreen)
        await until(pilot, lambda: page.front.here is not None)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))


async def test_nothing_pending_is_nothing_to_look_through(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    await execute(empty_url, init_sql(parse_url(empty_url).dialect))
    for name in sorted(path.name for path in (root / "migrations" / "models").glob("*.py")):
        await execute(empty_url, f"INSERT INTO aerich (version, app, content) VALUES ('{name}', 'models', '{{}}')")
    async with opened(root, size=(120, 40)) as pilot:
        await until_listed(pilot, "nothing pending")
        await until(pilot, lambda: screen_text(pilot).count(" ok ") == 3)
        screen = pilot.app.screen
        assert isinstance(screen, MigrationsScreen)
        assert "Nothing is pending" in screen.why_not("lint")


async def test_pending_sql_is_written_once_and_to_nobody_else(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "shop-pending.sql"
    async with opened(project) as pilot:
        await until_linted(pilot)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert pilot.app.screen.query_one(Input).value == str(target)
        await pilot.press("ctrl+s")
        await until(pilot, target.exists)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        text = target.read_text()
        assert text.startswith("-- shop: 4 migrations, up")
        assert text.index(DROP) < text.index('DROP TABLE "item"') < text.index(QUOTE)
        await until(pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, PathDialog))
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press("ctrl+s")
        await until_shown(pilot, "is there already")
        assert target.read_text() == text


async def test_the_editor_is_for_files_that_are_still_to_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(project, size=(120, 40)) as pilot:
        await until_linted(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MigrationsScreen)
        await pilot.press("g")
        await until(pilot, lambda: "is applied" in screen.why_not("edit"))
        await pilot.press("G")
        await until(pilot, lambda: screen.why_not("edit") == "")
        monkeypatch.delenv("EDITOR", raising=False)
        monkeypatch.delenv("VISUAL", raising=False)
        await pilot.press("e")
        await until_told(pilot, "Set VISUAL or EDITOR")
        monkeypatch.setenv("VISUAL", "no-such-editor-here")
        await pilot.press("e")
        await until_told(pilot, "There is no program no-such-editor-here")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vim", ["{bin}/vim", "+7", "{path}"]),
        ("nano -w", ["{bin}/nano", "-w", "+7", "{path}"]),
        ("hx", ["{bin}/hx", "{path}:7"]),
        ("code", ["{bin}/code", "--wait", "--goto", "{path}:7"]),
        ("code --wait", ["{bin}/code", "--wait", "--goto", "{path}:7"]),
        ("ed", ["{bin}/ed", "{path}"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(
    name: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / name.split()[0]
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"{tmp_path}/{name}")
    path = Path("/srv/a b.py")
    assert editor.editor_command(path, 7) == [word.format(bin=tmp_path, path=path) for word in words]
    assert editor.editor_command(path)[-1] == str(path)
    assert os.environ["VISUAL"].startswith(str(tmp_path))
