"""A window of any size that changes at any moment, and input that no person types: the program goes on, and nothing
acts that nobody can see."""

from __future__ import annotations

import random
from typing import Final

from tests.e2e.conftest import Peopled
from tests.e2e.program import crashed, leave, press_until, press_until_gone, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.hostile.wire import foreign

SIZES: Final = ((1, 1), (2, 500), (500, 2), (10, 3), (79, 23), (300, 100), (0, 0), (60, 15), (59, 15), (60, 14))
CLEAR: Final = "\x15"
"""Ctrl+U: empties a field."""
PASTE: Final = "\x1b[200~{}\x1b[201~"
NASTY: Final = "\x07\x9b2J\u202e\x00[@click=app.quit]"


def _storm(terminal: Terminal, chance: random.Random, turns: int = 12) -> None:
    """Many sizes one after the other, with keys between that would act where they are heard; then the first one."""
    for _ in range(turns):
        columns, rows = chance.choice(SIZES)
        terminal.resize(max(columns, 1), max(rows, 1)) if columns else terminal._child.setwinsize(0, 0)
        terminal.text()
    terminal.resize(80, 24)


def _leaves(terminal: Terminal) -> None:
    """Leaves with the one key that always does, from wherever it led to: what just opened is deaf at first."""
    for attempts_left in range(9, -1, -1):
        terminal.press("ctrl+q")
        try:
            status = terminal.wait_exit(seconds=3)
        except AssertionError:
            if not attempts_left:
                raise
        else:
            assert status == 0, crashed(terminal)
            return


def test_any_size_at_any_moment(peopled: Peopled) -> None:
    chance = random.Random(8)
    with shellback(environment=peopled.signed_in) as terminal:
        _storm(terminal, chance)  # while it loads
        first = wait_for_rows(terminal)
        press_until(terminal, "/", "F1 help")
        for typed in ("is:", "is:ac", "is:active"):
            # What is typed for a screen that nobody could see yet is not heard.
            press_until(terminal, f"{CLEAR}{typed}", f"/  {typed}")
            _storm(terminal, chance, 2)
        terminal.wait_until(lambda text: "is:active" in text and " match" in text, "what was typed, searched for")
        press_until(terminal, "enter", "p reset")
        press_until(terminal, "e", "Edit user")
        _storm(terminal, chance)
        for attempts_left in range(19, -1, -1):  # what is left of the other sizes may look as if it were closed
            terminal.press("escape", "ctrl+l")
            try:
                terminal.wait_for("Locked", seconds=1)
                break
            except AssertionError:
                if not attempts_left:
                    raise
        _storm(terminal, chance)
        terminal.wait_for("Locked")
        assert "USERNAME" in first
        terminal.press("ctrl+q")
        assert terminal.wait_exit(seconds=10) == 0, crashed(terminal)
        assert foreign(terminal.raw, least=200) == []
        assert terminal.modes_left_on() == set()


def test_no_key_acts_behind_what_is_too_small(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.write("\x1b]11;rgb:1e1e/1e1e/2e2e\x07\x1b]10;rgb:ffff/ff\x1b\\\x1b[?62;1;6;22c\x1bP>|XTerm(390)\x1b\\")
        terminal.press("space")  # the list hears it: none of the answers opened anything
        terminal.wait_for("1 marked")
        terminal.press("u")
        terminal.wait_gone("1 marked")
        terminal.resize(20, 5)
        terminal.wait_for("too small")
        terminal.write("D A p L * b X \r y")
        terminal.write(PASTE.format("y\ny\n"))
        terminal.resize(80, 24)  # at once: the keys before it may be read only afterwards
        screen = wait_for_rows(terminal)
        assert "Cancel" not in screen
        assert "marked" not in screen
        leave(terminal)


def test_a_paste_is_text_and_never_a_key(peopled: Peopled) -> None:
    with shellback(environment=peopled.signed_in) as terminal:
        wait_for_rows(terminal)
        terminal.write(PASTE.format("D\ny\n" * 50))  # into the list: nothing
        terminal.press("/")
        terminal.write(PASTE.format(NASTY * 50_000))  # a megabyte into the search
        terminal.wait_for("too long to be pasted")
        terminal.write(PASTE.format(f"zz{NASTY}\nis:active\r"))
        terminal.wait_for("zz\ufffd")
        terminal.press("escape")
        terminal.wait_for("p reset")
        terminal.press("e")
        terminal.wait_for("[ Cancel ]")
        press_until(terminal, PASTE.format("heard"), "heard")  # a dialog is deaf at first
        terminal.write(PASTE.format("A" * 1_000_000))
        terminal.write(PASTE.format("y\n\r\ny\n"))
        press_until(terminal, "escape", "Leave without saving")  # no line of the paste pressed a button
        press_until_gone(terminal, "y", "Leave without saving")
        press_until(terminal, "escape", "USERNAME")
        places = [f"11;{6 + number % 12}" for number in range(1_000)]
        # A flood of double clicks, each on another row, and of the mouse passing over.
        terminal.write("".join(f"\x1b[<35;{at}M" + f"\x1b[<0;{at}M\x1b[<0;{at}m" * 2 for at in places))
        terminal._child.send(b"\xff\xfe\xc3(\xed\xa0\x80")  # no UTF-8
        _leaves(terminal)
        assert foreign(terminal.raw, least=200) == []
