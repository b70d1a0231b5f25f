"""The real program in a terminal, and the few things that a person does again and again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.e2e.terminal import Terminal

ROW = re.compile(r"\d+ +\S+ .*(?:active|INACTIVE|LOCKED|EXPIRED|DELETED|must change)")


def shellback(
    *argv: str,
    environment: Mapping[str, str] | None = None,
    columns: int = 80,
    rows: int = 24,
    directory: Path | None = None,
) -> Terminal:
    """`shellback` with these arguments, in a terminal of this size."""
    return Terminal.python("-m", "tui", *argv, columns=columns, rows=rows, environment=environment, directory=directory)


def wait_for_rows(terminal: Terminal, least: int = 5, *, seconds: float = 30.0) -> str:
    """The screen once the list shows users."""
    return terminal.wait_until(lambda screen: len(ROW.findall(screen)) >= least, "rows of users", seconds=seconds)


def name_under_cursor(screen: str) -> str:
    """The username in the row with the cursor; empty while the screen is half painted."""
    found = re.findall(r"^▌[ ●]* *\d+ +(\S+)", screen, re.MULTILINE)
    return str(found[0]) if len(found) == 1 else ""


def press_until(terminal: Terminal, key: str, shown: str | re.Pattern[str]) -> str:
    """Presses a key until something is shown: a dialog takes no key in its first 300 ms, and says nothing of it."""
    pattern = re.compile(re.escape(shown)) if isinstance(shown, str) else shown
    return _press_until(terminal, key, lambda text: bool(pattern.search(text)), f"{shown!r} after {key}")


def press_until_gone(terminal: Terminal, key: str, shown: str) -> str:
    """Presses a key until something is shown no more."""
    return _press_until(terminal, key, lambda text: shown not in text, f"{shown!r} gone after {key}")


def _press_until(terminal: Terminal, key: str, is_so: Callable[[str], bool], what: str) -> str:
    for attempts_left in range(19, -1, -1):
        terminal.press(key)
        try:
            return terminal.wait_until(is_so, what, seconds=1.0)
        except AssertionError:
            if not attempts_left:
                raise
    raise AssertionError("unreachable")


def back(terminal: Terminal, shown: str) -> str:
    """Leaves a screen, once: pressed again, it would leave the one below as well. The screen that is there then."""
    terminal.press("escape")
    return terminal.wait_for(shown)


def leave(terminal: Terminal) -> None:
    """Quits at the top, with one key: within five seconds the program ends with 0 and leaves the terminal as it was."""
    terminal.press("q")
    assert terminal.wait_exit(seconds=5) == 0, crashed(terminal)
    assert terminal.modes_left_on() == set()


def crashed(terminal: Terminal) -> str:
    """What a program that ended said last, with the incident file that it names: for the report of a test."""
    screen = terminal.text()
    where = re.search(r"without data values: (\S+)", terminal.raw.decode(errors="replace"))
    if where is None or not Path(where[1]).is_file():
        return screen
    return f"{screen}\n{Path(where[1]).read_text(encoding='utf-8')}"
