"""What is only said in passing, in the real program, while everything around it is hostile as well: who is signed in,
the environment, the settings, the name of the database, the home directory and the files that are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, crashed, press_once, press_until, press_until_gone, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.hostile.columns import text_columns
from tests.hostile.rows import USER
from tests.hostile.surroundings import ACTS, moved, surroundings
from tests.hostile.values import PIECES, mark
from tests.hostile.walking import CLOSES, looks_into, opens
from tests.hostile.wire import foreign
from tui.sanitise import shell_word

PASTE: Final = "\x1b[200~{}\x1b[201~"
NASTY: Final = "".join(PIECES).replace("\r", "").replace("\n", "")


def test_what_is_said_in_passing(
    hostile_person: Peopled, tmp_path: Path, dialect: str, request: pytest.FixtureRequest
) -> None:
    server = None if dialect == "sqlite" else request.getfixturevalue("postgres_server")
    with moved(hostile_person, server) as place:
        environment = surroundings(hostile_person, place, tmp_path)
        with shellback(environment=environment, columns=160, rows=60) as terminal:
            wait_for_rows(terminal)
            _searches(terminal)
            _palette(terminal)
            _exports(terminal)
            _own_account(terminal)
            _imports(terminal, Path(environment["HOME"]))
            _toasts(terminal)
            opens(terminal, "5", waiting="dialect")
            opens(terminal, "ctrl+l", waiting="Locked")
            terminal.press("ctrl+q")
            assert terminal.wait_exit() == 0, crashed(terminal)
            assert foreign(terminal.raw, least=500) == []


def _searches(terminal: Terminal) -> None:
    """What cannot be searched for is quoted; the panel of filters has every role."""
    opens(terminal, "/", waiting="/ ")
    terminal.write(PASTE.format(f"role:{NASTY} xx:{NASTY}"))
    terminal.wait_for("^ ")
    terminal.press("ctrl+u")
    terminal.wait_for("/  a name")
    terminal.write(f"id:{USER}\r")
    terminal.wait_until(lambda text: " 1 match" in text and text.rstrip().endswith("? help"), "the one, in the list")
    looks_into(terminal, "f", waiting="h34H")


def _palette(terminal: Terminal) -> None:
    opens(terminal, "ctrl+p", waiting="Search for commands")
    terminal.write(PASTE.format(f"goto {NASTY}"))
    terminal.wait_for("goto \ufffd")
    terminal.press("ctrl+u")
    terminal.wait_for("Search for commands")
    terminal.write("goto [b][/no]")
    terminal.wait_for("Go to [b][/no]")
    press_until_gone(terminal, "escape", "goto [b]")


def _exports(terminal: Terminal) -> None:
    opens(terminal, "X", waiting=CLOSES)
    press_once(terminal, "ctrl+s", "Exported 1 user to")
    press_until(terminal, "ctrl+s", "is there already")
    press_until_gone(terminal, "escape", "Export users")


def _own_account(terminal: Terminal) -> None:
    opens(terminal, "M", waiting="Authenticators")
    looks_into(terminal, "p")
    opens(terminal, "]", waiting="GRANTED BY")
    opens(terminal, "]", waiting="LAST SEEN")
    looks_into(terminal, "x")
    back(terminal, "1 match")


def _imports(terminal: Terminal, home: Path) -> None:
    """Hostile headers and cells, in files with a hostile name: what of it is known, what would happen, what did."""
    header = ("username", "email", "full_name", f"odd{ACTS}")
    wrong = _file(home / f"i{ACTS}.csv", header, ("v", NASTY.replace('"', ""), f"=1+1{ACTS}", ""), (NASTY, "", "", ""))
    opens(terminal, "I", waiting="Enter reads the file")
    terminal.write(PASTE.format(wrong) + "\r")
    terminal.wait_for(shell_word(f"odd{ACTS}=FIELD"))
    terminal.press("tab")
    terminal.write(PASTE.format(f"odd{ACTS}=-") + "\r")
    terminal.wait_for("2 wrong")
    opens(terminal, "enter", waiting="Line 2:")
    opens(terminal, "E", waiting=CLOSES)
    press_once(terminal, "ctrl+s", "2 wrong lines are in")
    back(terminal, "1 match")
    right = _file(home / f"j{ACTS}.csv", header[:3], ("a.newcomer", "n@mail.example", "=1+1"))
    opens(terminal, "I", waiting="Enter reads the file")
    terminal.write(PASTE.format(right) + "\r")
    terminal.wait_for("1 to create")
    press_until(terminal, "ctrl+s", "Write 1  y")
    press_until(terminal, "y", "1 user created")
    back(terminal, "1 match")


def _file(path: Path, *rows: tuple[str, ...]) -> Path:
    lines = (",".join(f'"{cell}"' for cell in row) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def _toasts(terminal: Terminal) -> None:
    """What is said once a view, a user and a role with hostile names were changed: to the end of the sentence."""
    opens(terminal, "V", waiting="yours, shared")
    press_until(terminal, "end", "is:mustchange is:active")
    opens(terminal, "up", waiting="is:inactive role:support")
    opens(terminal, "up", waiting=mark(text_columns()["saved_views", "query"].number))
    press_until(terminal, "S", CLOSES)
    press_until(terminal, "ctrl+s", re.compile(r"▌ The view"))
    terminal.wait_until(lambda text: _toast(text).endswith("again."), "what became of the view")
    press_until_gone(terminal, "escape", "[ Close ]")
    opens(terminal, "A", waiting=CLOSES)
    press_until(terminal, "ctrl+s", re.compile(r"▌ h66H"))
    terminal.wait_until(lambda text: _toast(text).endswith(f"#{USER} is active now."), "what became of the user")
    opens(terminal, "enter", waiting="Lock cause")
    opens(terminal, "]", waiting="GRANTED BY")
    opens(terminal, "-", waiting=CLOSES)
    press_until_gone(terminal, "ctrl+s", CLOSES)
    terminal.wait_until(lambda text: _toast(text).endswith(" any more."), "what became of the role")
    back(terminal, "1 match")
    opens(terminal, "6", waiting="▌  auditor")
    opens(terminal, "down", waiting="▌  dba")
    opens(terminal, "down", waiting="▌  h")
    opens(terminal, "D", waiting=CLOSES)
    press_until_gone(terminal, "ctrl+s", CLOSES)
    terminal.wait_until(lambda text: _toast(text).endswith(" was deleted."), "what became of the role")


def _toast(text: str) -> str:
    """The text of the newest toast, without the two columns of the list that are seen to the right of it."""
    lines = [line.rpartition("▌ ")[2].rstrip() for line in text.splitlines() if "▌ " in line[40:]]
    return " ".join(re.sub(r"\s+\S{1,2}$", "", line) for line in lines)
