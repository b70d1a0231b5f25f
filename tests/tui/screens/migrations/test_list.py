"""The migrations screen through its keys: a foreign project's files listed, previewed and really applied."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual.worker import WorkerCancelled

from tests.tui.migrate.own import COUNT
from tests.tui.migrate.projects import execute, migration, query
from tests.tui.screens.migrations.project import BROKEN, COLOUR, FAILING, INDEX, INIT, write_project
from tests.tui.screens.user.writing import until_said, words
from tests.tui.shell import ScreenShell, person, shell_on
from tests.tui.waiting import focus, screen_text, until, until_shown
from tui.badge import LOCAL, PROD, Badge
from tui.database import Database
from tui.screens.dialogs.busy import BusyDialog
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.apply.dialog import ApplyDialog
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.screen import MigrationsScreen
from tui.screens.migrations.sql.screen import SqlScreen
from tui.settings import parse_url
from tui.widgets.check import Check

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.person import Person

HOSTILE = "\x1b]52;c;aGk=\x07 \u202e [red]x[/red] [@click=app.quit]y[/]"


@asynccontextmanager
async def opened(
    root: Path,
    *,
    size: tuple[int, int] = (80, 24),
    who: Person | None = None,
    badge: Badge = LOCAL,
    database: Database | None = None,
) -> AsyncIterator[Pilot[Any]]:
    """The screen on a project."""
    app = shell_on(MigrationsScreen, who=who, badge=badge, database=database)
    app.launch = replace(app.launch, project=root)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield pilot
        # A worker process that is being asked is not left to the next test.
        with suppress(WorkerCancelled):
            await app.workers.wait_for_complete()
        app.database = None


@pytest.fixture
def project(tmp_path: Path, empty_url: str) -> Path:
    """Three files, none applied, and consent given."""
    return write_project(tmp_path / "project", empty_url)


async def applied(url: str) -> list[str]:
    """The versions that the database says it has."""
    return [row[0] for row in await query(url, "SELECT version FROM aerich ORDER BY id")]


async def until_listed(pilot: Pilot[Any], what: str = "loaded") -> None:
    await until(
        pilot, lambda: isinstance(pilot.app.screen, MigrationsScreen) and what in screen_text(pilot), seconds=30
    )


async def until_asked(pilot: Pilot[Any]) -> None:
    """The question is there, and all that there is to know is in it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ApplyDialog) and is_filled(pilot.app.screen))


def is_filled(dialog: ApplyDialog) -> bool:
    """Whether what the preflight found stands there, and hears keys: for a moment what was there before is gone and
    nothing has come yet."""
    lines = [line for found in dialog.query("#found") for line in found.children]
    return bool(lines) and all(line.id != "looking" and line.is_mounted for line in lines)


def name_of(url: str) -> str:
    """What is typed to confirm."""
    parsed = parse_url(url)
    return parsed.server.database if parsed.server is not None else "empty.sqlite3"


async def agree(pilot: Pilot[Any], key: str, typed: str = "") -> None:
    """Presses a key that applies, and says yes to the question."""
    await pilot.press(key)
    await until_asked(pilot)
    for point in pilot.app.screen.query(".point").results(Check):
        await tick(pilot, point)
    if pilot.app.screen.query("#typed"):
        await focus(pilot, pilot.app.screen.query_one("#typed"))
        await pilot.press(*typed)
    await pilot.press("ctrl+s")


async def tick(pilot: Pilot[Any], point: Check) -> None:
    """Accepts a point."""
    await focus(pilot, point)
    await pilot.press("space")
    await until(pilot, lambda: point.value)


async def until_over(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ApplyScreen) and not pilot.app.screen.is_going, seconds=30)
    await pilot.pause()


def copied(pilot: Pilot[Any]) -> str:
    return pilot.app.clipboard


async def test_a_foreign_project_runs_nothing_before_it_was_agreed_to(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url, consent=False)
    marker = tmp_path / "ran"
    with (root / "settings.py").open("a") as file:
        file.write(f"open({str(marker)!r}, 'w').close()\n")
    async with opened(root) as pilot:
        await until_shown(pilot, "This runs Python from")
        await pilot.press("enter")  # it starts on Cancel
        await until_listed(pilot, "the database was not asked")
        await until_shown(pilot, "○ unknown", "CREATE TABLE")
        assert not marker.exists()
        await pilot.press("a")
        await until_shown(pilot, "This runs Python from")
        await pilot.press("y")
        await until_listed(pilot, "3 pending")
        assert marker.exists()
    async with opened(root) as pilot:
        await until_listed(pilot, "3 pending")


async def test_the_next_one_up_to_here_and_all(project: Path, empty_url: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("a")
        await until_shown(pilot, "Apply 0 ")
        await until_shown(pilot, INIT, "shellback migrate apply --project")
        await pilot.press("enter")  # it starts on Cancel
        await until_listed(pilot)
        await agree(pilot, "a")
        await until_over(pilot)
        await until_said(pilot, "0 is applied.")
        assert await applied(empty_url) == [INIT]
        await pilot.press("escape")
        await until_listed(pilot, "1 applied · 2 pending")
        await pilot.press("g", "j", "u")
        await until_shown(pilot, "Apply 1 ")
        await until_asked(pilot)
        await pilot.press("y")
        await until_over(pilot)
        assert await applied(empty_url) == [INIT, COLOUR]
        await pilot.press("escape")
        await until_listed(pilot, "2 applied")
        await agree(pilot, "A")
        await until_over(pilot)
        assert await applied(empty_url) == [INIT, COLOUR, INDEX]
        await pilot.press("escape")
        await until_listed(pilot, "nothing pending")
        await until(pilot, lambda: "○" not in screen_text(pilot))
        await pilot.press("a", "u", "A")
        assert isinstance(pilot.app.screen, MigrationsScreen)


async def test_a_file_that_fails_points_at_its_line(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url, {BROKEN: FAILING})
    async with opened(root, size=(120, 40)) as pilot:
        await until_listed(pilot, "4 pending")
        await agree(pilot, "A")
        await until_over(pilot)
        shown = screen_text(pilot)
        lines = shown.split("\n")
        line = (root / "migrations/models" / BROKEN).read_text().split("\n").index(
            '        INSERT INTO "item" ("id", "name") VALUSE (1, \'bolt\');"""'
        ) + 1
        assert f"Failed: {BROKEN}" in shown
        assert f"{BROKEN}:{line}" in words(pilot).replace(" ", "")
        at = next(number for number, text in enumerate(lines) if text.strip().startswith(f"> {line} |"))
        assert lines[at + 1].index("^") == lines[at].index("VALUSE")
        assert "syntax error" in shown
        assert "0 to 2 stay applied; 3 was rolled back." in shown
        assert "! FAILED" in shown
        assert "next" in shown
        assert await applied(empty_url) == [INIT, COLOUR, INDEX]
        await pilot.press("escape")
        await until_listed(pilot, "3 applied · 1 pending")


async def test_what_is_still_to_be_accepted_is_said_and_gets_the_focus(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url, {"2_twin.py": migration("SELECT 1;")})
    async with opened(root) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("A")
        await until_asked(pilot)
        await focus(pilot, pilot.app.screen.query_one("#cancel"))
        await pilot.press("ctrl+s")
        assert isinstance(pilot.app.screen, ApplyDialog)
        assert "Still to be accepted: SAME NUMBER" in " ".join(screen_text(pilot).split())
        (point,) = pilot.app.screen.query(".point")
        await until(pilot, lambda: pilot.app.screen.focused is point)


async def test_in_production_the_name_of_the_database_is_typed(project: Path, empty_url: str) -> None:
    name = name_of(empty_url)
    async with opened(project, badge=PROD) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("a")
        await until_asked(pilot)
        await until_shown(pilot, INIT, "PROD")
        await pilot.press("y", "ctrl+s")
        assert isinstance(pilot.app.screen, ApplyDialog)
        await until_shown(pilot, "Type the name first.")
        await pilot.press("backspace", *name, "ctrl+s")
        await until_over(pilot)
        assert await applied(empty_url) == [INIT]


async def test_a_run_is_cancelled_by_esc_and_quitting_waits(tmp_path: Path, empty_url: str) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;",
        "postgres": "SELECT pg_sleep(600);",
    }[parse_url(empty_url).dialect]
    root = write_project(tmp_path / "project", empty_url, {BROKEN: migration(f'DROP TABLE "item"; {slow}')})
    async with opened(root) as pilot:
        await until_listed(pilot, "4 pending")
        await agree(pilot, "A", name_of(empty_url))
        await until_said(pilot, f"It rolls back {BROKEN}; {INIT}, {COLOUR}, {INDEX} stay applied.")
        await until_shown(pilot, "statement 2 of 2")
        await until_shown(pilot, "running")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, BusyDialog))
        await pilot.press("n", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        assert isinstance(pilot.app.screen, ApplyScreen)
        assert pilot.app.screen.is_going
        await pilot.press("escape", "y")
        await until_over(pilot)
        await until_shown(pilot, f"Cancelled: {BROKEN}")
        await until_said(pilot, "3 was rolled back")
        assert await applied(empty_url) == [INIT, COLOUR, INDEX]
        assert await query(empty_url, 'SELECT count(*) FROM "item"') == [(0,)]


@pytest.mark.postgres_only
async def test_who_is_waited_for_is_shown(project: Path, empty_url: str) -> None:
    from tests.tui.migrate.projects import connect

    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await agree(pilot, "a")
        await until_over(pilot)
        await pilot.press("escape")
        await until_listed(pilot, "1 applied")
        blocker = await connect(empty_url)
        try:
            await blocker.execute('BEGIN; LOCK TABLE "item" IN ACCESS SHARE MODE')
            pid = blocker.get_server_pid()
            await agree(pilot, "a")
            await until_shown(pilot, f"waiting for pid {pid}", seconds=30)
            await blocker.execute("COMMIT")
        finally:
            await blocker.close()
        await until_over(pilot)
        assert await applied(empty_url) == [INIT, COLOUR]


async def test_without_the_permission_nothing_is_applied(project: Path, empty_url: str) -> None:
    async with opened(project, who=person("migrations.view", role="auditor")) as pilot:
        await until_listed(pilot, "3 pending")
        screen = pilot.app.screen
        await pilot.press("a", "u", "A")
        assert pilot.app.screen is screen
        assert isinstance(screen, MigrationsScreen)
        screen.action_apply_all()
        await until_said(pilot, "Applying needs the permission migrations.apply")
    async with opened(project, who=person("users.view")) as pilot:
        await until_said(pilot, "need the permission migrations.view")
        assert INIT not in screen_text(pilot)


async def test_a_database_ahead_of_the_code_is_left_alone(project: Path, empty_url: str) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await agree(pilot, "a")
        await until_over(pilot)
        await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('9_later.py', 'models', '{}')")
        await pilot.press("escape")
        await until_listed(pilot, "ahead of this code")
        await until_shown(pilot, "! MISSING")
        await pilot.press("A", "a")
        assert isinstance(pilot.app.screen, MigrationsScreen)
        assert await applied(empty_url) == [INIT, "9_later.py"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"3_bad.py": "async def upgrade(db:\n"}, "UNREADABLE 3_bad.py"),
        ({"3_sum.py": "async def upgrade(db):\n    return 'SELECT ' + str(1)\n"}, "DYNAMIC"),
        ({"2_twin.py": migration("SELECT 1;")}, "SAME NUMBER"),
        ({"later.py": "x = 1\n"}, "IGNORED"),
    ],
)
async def test_what_is_unusual_is_said(tmp_path: Path, empty_url: str, files: Mapping[str, str], said: str) -> None:
    root = write_project(tmp_path / "project", empty_url, files)
    async with opened(root) as pilot:
        await until_listed(pilot, "pending")
        await until_shown(pilot, said)


async def test_a_project_that_cannot_be_listed(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await until_said(pilot, "has no pyproject.toml")
        await until_shown(pilot, "ctrl+r tries again")


async def test_a_database_that_does_not_answer_is_a_sentence(tmp_path: Path, empty_url: str) -> None:
    root = write_project(tmp_path / "project", empty_url)
    (root / "settings.py").write_text("raise SystemError('no " + "\\x1b[31m" + "')\n")
    async with opened(root) as pilot:
        await until_listed(pilot, "could not be loaded")
        await until_shown(pilot, "○ unknown")  # the rows come a moment after the sentence
        assert "\x1b" not in screen_text(pilot)
        await until_shown(pilot, INIT.partition("_")[0])


async def test_both_directions_are_looked_at_and_copied(project: Path) -> None:
    async with opened(project) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("j")
        await until_shown(pilot, "ADD COLUMN")
        assert "DROP COLUMN" not in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: 'ADD COLUMN "colour"' in copied(pilot))
        await pilot.press("s")
        await until_shown(pilot, "DROP COLUMN")
        await pilot.press("y")
        await until(pilot, lambda: copied(pilot).strip() == 'ALTER TABLE "item" DROP COLUMN "colour";')
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SqlScreen))
        await until_shown(pilot, "DROP COLUMN")
        await pilot.press("s", "y")
        await until_shown(pilot, "UPDATE")
        await until(pilot, lambda: "ADD COLUMN" in copied(pilot))
        await pilot.press("escape")
        await until_listed(pilot)
    async with opened(project, size=(120, 40)) as pilot:
        await until_listed(pilot, "3 pending")
        await pilot.press("j")
        await until_shown(pilot, "DROP COLUMN")
        await until_shown(pilot, "ADD COLUMN")


async def test_hostile_names_and_sql_are_only_text(tmp_path: Path, empty_url: str) -> None:
    name = f"3_{HOSTILE.replace('/', '').replace('.', '')}.py"
    text = migration(f'SELEC "{HOSTILE}";'.replace("\x1b", "\\x1b").replace("\x07", "\\x07"))
    root = write_project(tmp_path / "project", empty_url, {name: text})
    async with opened(root, size=(120, 40)) as pilot:
        await until_listed(pilot, "4 pending")
        await pilot.press("G")
        await until_shown(pilot, "SELEC")
        for key in ("enter", "escape"):
            _is_plain(pilot)
            await pilot.press(key)
        await agree(pilot, "A")
        await until_over(pilot)
        _is_plain(pilot)
        await until_shown(pilot, "FAILED")
        assert isinstance(pilot.app, ScreenShell)


def _is_plain(pilot: Pilot[Any]) -> None:
    shown = screen_text(pilot)
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert "\u202e" not in shown


async def test_our_own_tree_is_all_applied(database: Database) -> None:
    app = shell_on(MigrationsScreen, database=database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_listed(pilot, f"{COUNT} applied · nothing pending")
        assert "SQLite" in screen_text(pilot) or "PostgreSQL" in screen_text(pilot)
        await until_shown(pilot, "shellback")
        await until_shown(pilot, "0_20260301090000_init.py")
        app.database = None
