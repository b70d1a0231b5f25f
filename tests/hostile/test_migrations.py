"""The area of migrations on a project that means harm: what the real program writes to the terminal, what the commands
print, and that nothing had to be caught at the last gate before the wire."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, crashed, press_until, wait_for_rows
from tests.hostile import hostile_project
from tests.hostile.gate import slipped, watched
from tests.hostile.values import mark
from tests.hostile.walking import closes, marks_shown, opens
from tests.hostile.wire import foreign, in_text
from tests.tui.migrate.projects import migration
from tui.__main__ import main
from tui.settings import parse_url

LIST = "APPLIED"
SHOWN = {
    69: "an outcome", 70: "the folder", 72: "the project's name", 73: "what its configuration prints",
    76: "a table", 77: "a column",
    78: "another", 79: "a default", 80: "a file", 82: "a program", 84: "the one that fails", 85: "what it raises",
    86: "a file that Aerich leaves alone", 87: "a script", 90: "a column of the models", 91: "its comment",
    94: "a row of the log, of a file that is not here", 96: "who ran it", 97: "why", 98: "what was run", 99: "its SQL",
}  # fmt: skip
PRINTED = {
    ("status",): [72, 80, 82, 84], ("plan",): [80], ("lint",): [82], ("history",): [94, 96, 97],
    ("history", "0", "--diff"): [98], ("check",): [84],
    ("apply", "--yes", "--accept-all", "--despite-lint", "data-loss"): [80, 82, 84, 85], ("backups",): [],
    ("revert", "--last", "--dry-run"): [82],
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, empty_url: str) -> Path:
    """The hostile project; its first file is applied."""
    asyncio.run(hostile_project.fill(empty_url, ahead=False))
    return hostile_project.make(tmp_path, empty_url)


@pytest.mark.sqlite_only
def test_on_every_screen(project: Path, empty_url: str, peopled: Peopled, tmp_path: Path) -> None:
    log, base = tmp_path / "gate", parse_url(empty_url)
    name = base.path.name if base.path is not None else base.server.database if base.server is not None else ""
    with watched(log, "--project", str(project), environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        opens(terminal, "3", waiting="Run it")
        press_until(terminal, "y", "3 pending")
        # Which database it is stays to be seen, whatever the project is called.
        terminal.wait_until(lambda text: LIST in text and name in text.split(LIST)[0], "the database above the list")
        opens(terminal, "h", waiting="REASON")
        opens(terminal, "down", "enter", waiting="reason:")
        back(terminal, "REASON")
        back(terminal, LIST)
        opens(terminal, "g", "c", waiting="- as run, + now")
        back(terminal, LIST)
        opens(terminal, "down", "enter", waiting="down · 1 statement")
        back(terminal, LIST)
        opens(terminal, "down", "l", waiting=" · up")
        back(terminal, LIST)
        opens(terminal, "x", waiting="would be mended by")
        back(terminal, LIST)
        opens(terminal, "f", waiting="migrate stamp --project")
        closes(terminal)
        opens(terminal, "w", waiting="To the file")
        closes(terminal)
        opens(terminal, "A", waiting="migrate apply --project")
        press_until(terminal, "space", "[x]")
        press_until(terminal, "ctrl+s", "Type the name first.")
        terminal.write(name)
        terminal.wait_for(f" {name} ")
        terminal.press("ctrl+s")
        opens(terminal, waiting="3 was rolled back")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0, crashed(terminal)
        assert foreign(terminal.raw, least=500) == []
        assert [what for number, what in SHOWN.items() if mark(number) not in marks_shown(terminal.raw)] == []
    assert slipped(log) == []


@pytest.mark.postgres_only
def test_nothing_that_is_printed_acts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for argv, marks in PRINTED.items():
        main(["migrate", *argv, "--project", str(project), "--trust"])
        printed = "".join(capsys.readouterr())
        assert in_text(printed) == [], argv
        assert [mark(number) for number in marks if mark(number) not in printed] == [], argv


def test_no_name_of_a_file_ends_the_comment_in_which_it_stands(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQL is for another program, so its own text is kept as it is."""
    (project / "migrations" / "models" / "5_a\nDROP TABLE item;--.py").write_text(migration("SELECT 1;", "SELECT 2;"))
    main(["migrate", "sql", "5", "--project", str(project)])
    main(["migrate", "sql", "5", "--down", "--project", str(project), "--output", str(tmp_path / "5.sql")])
    for script in (capsys.readouterr().out, (tmp_path / "5.sql").read_text()):
        assert {line for line in script.splitlines() if line and not line.startswith("-- ")} <= {
            "SELECT 1;",
            "SELECT 2;",
        }
