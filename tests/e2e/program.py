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


def wait_for_rows(terminal: Terminal, least: int = 5, *, seconds: float = 60.0) -> str:
    """The screen once the list shows users."""
    return terminal.wait_until(lambda screen: len(ROW.findall(screen)) >= least, "rows of users", seconds=seconds)


def name_under_cursor(screen: str) -> str:
    """The username in the row with the cursor; empty while the screen is half painted."""
    found = re.findall(r"^▌[ ●±]* *\d+ +(\S+)", screen, re.MULTILINE)
    return str(found[0]) if len(found) == 1 else ""


def first_name(terminal: Terminal) -> str:
    """The username under the cursor, once the list shows users and has one."""
    wait_for_rows(terminal)
    return other_name(terminal, "")


def other_name(terminal: Terminal, name: str) -> str:
    """The username under the cursor, once it is in another row than that of `name`."""
    screen = terminal.wait_until(lambda screen: name_under_cursor(screen) not in ("", name), "a row with a cursor")
    return name_under_cursor(screen)


def press_until(terminal: Terminal, key: str, shown: str | re.Pattern[str]) -> str:
    """Presses a key until something is shown. A dialog takes no key in its first 300 ms, and says nothing of it: that
    long is waited first, so that one press is enough where what was waited for before is the dialog. The key is to do
    no harm when it is heard twice."""
    pattern = re.compile(re.escape(shown)) if isinstance(shown, str) else shown
    return _press_until(terminal, key, lambda text: bool(pattern.search(text)), f"{shown!r} after {key}")


def press_once(terminal: Terminal, key: str, shown: str) -> str:
    """Presses a key once, when a dialog that was seen takes it: for what would be refused or done again when it is
    heard twice. The screen that says what became of it."""
    terminal.settle()
    terminal.press(key)
    return terminal.wait_for(shown)


def press_until_gone(terminal: Terminal, key: str, shown: str) -> str:
    """Presses a key until something is shown no more."""
    return _press_until(terminal, key, lambda text: shown not in text, f"{shown!r} gone after {key}")


def _press_until(terminal: Terminal, key: str, is_so: Callable[[str], bool], what: str) -> str:
    terminal.settle()
    for attempts_left in range(14, -1, -1):
        terminal.press(key)
        try:
            return terminal.wait_until(is_so, what, seconds=2.0 if attempts_left else 30.0)
        except AssertionError:
            if not attempts_left or not terminal.is_running:
                raise
    raise AssertionError("unreachable")


def search(terminal: Terminal, text: str, shown: str = " match") -> str:
    """Searches the list of users; the screen once it says how many match and the cursor is in the list: what is typed
    right behind Enter may still be for the box, which has other keys in the footer."""
    terminal.press("/")
    terminal.write(text)
    terminal.press("enter")
    pattern = re.compile(rf"(?<!\d)(?<!\d ){re.escape(shown)}" if shown[0].isdigit() else re.escape(shown))
    return terminal.wait_until(
        lambda screen: bool(pattern.search(screen)) and screen.rstrip().endswith("? help"), f"{shown!r}, in the list"
    )


def sign_in(terminal: Terminal, username: str, password: str) -> None:
    """Into the form of the sign-in: a password is typed once the program is seen to take what is typed, and sent once
    all of it is there."""
    terminal.write(username)
    terminal.wait_for(username)
    terminal.press("enter")
    give_password(terminal, password)


def give_password(terminal: Terminal, password: str) -> None:
    """Types it where the cursor is, and sends it."""
    terminal.write(password)
    terminal.wait_for("•" * len(password))
    terminal.press("enter")


def type_full_name(terminal: Terminal, name: str, full_name: str) -> None:
    """Into the form of the user `name`, which just opened: each field is seen to be empty before it is typed into."""
    press_until(terminal, "x", f"{name}x")
    press_until(terminal, "ctrl+u", re.compile(r"username +│"))  # an x may have come twice
    terminal.write(f"{name}\t\t")
    press_until(terminal, "ctrl+u", re.compile(r"full name +│"))
    terminal.write(full_name)
    terminal.wait_for(full_name)


def clear_search(terminal: Terminal) -> None:
    """Esc in the list until the box is empty: the first may stop a read that is out instead. Not once more: it would
    stop the reading of all users."""
    press_until(terminal, "escape", "/  a name")
    terminal.wait_gone(" match")


def back(terminal: Terminal, shown: str) -> str:
    """Leaves a screen, once: pressed again, it would leave the one below as well. The screen that is there then. While
    it is said that the database is waited for, Esc stops only that."""
    terminal.wait_gone("Waiting for the database")
    terminal.press("escape")
    return terminal.wait_for(shown)


def leave(terminal: Terminal) -> None:
    """Quits at the top, with one key: within five seconds the program ends with 0 and leaves the terminal as it was."""
    terminal.press("q")
    assert terminal.wait_exit(seconds=5) == 0, crashed(terminal)
    assert terminal.modes_left_on() == set()


def crashed(terminal: Terminal) -> str:
    """What a program that ended said last, with the incident file that it names: for the report of a test."""
    return terminal.last_words()
