"""Walking through the real program: what is pressed, what is waited for, and what of the hostile values was shown."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from wcwidth import wcwidth

from tests.e2e.program import press_until_gone
from tests.hostile.columns import Name, text_columns
from tests.hostile.values import mark
from tests.hostile.wire import KNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.e2e.terminal import Terminal

CLOSES: Final = "[ Cancel ]"
"""Stands in every dialog that writes. Esc before it is there would make one key of itself and the next."""


def opens(terminal: Terminal, *keys: str, waiting: str) -> str:
    """Goes to a screen; returns it once `waiting` stands there."""
    for key in keys:
        terminal.press(key)
    return terminal.wait_for(waiting)


def looks_into(terminal: Terminal, key: str, *, waiting: str = "") -> str:
    """Opens a dialog, waits until it has loaded, and leaves it again. Returns what it showed."""
    terminal.press(key)
    shown = terminal.wait_until(
        lambda text: CLOSES in text and "…loading" not in text and waiting in text, f"a dialog after {key}"
    )
    closes(terminal)
    return shown


def closes(terminal: Terminal) -> None:
    """Leaves the dialog in front, without pressing the key once too often for the screen below."""
    press_until_gone(terminal, "escape", CLOSES)


def lines_up(terminal: Terminal, *headings: str) -> None:
    """Waits until a table with these columns stands there, and nothing in the gap before any of them."""
    terminal.wait_until(lambda screen: _is_straight(screen, headings), f"a table in line with {headings}")


def _is_straight(screen: str, headings: Sequence[str]) -> bool:
    """Whether every cell left of each column took as many cells as the program counted."""
    lines = screen.splitlines()
    for at, line in enumerate(lines):
        starts = [start.start() for name in headings if (start := re.search(rf"(?<!\S){name}", line))]
        if len(starts) == len(headings):
            columns = [len(_cells(line[:start])) for start in starts]
            rows = [*takewhile(lambda row: row.startswith(("▌", "  ")), lines[at + 1 :])]
            gaps = ("".join(_cells(row)[column - 2 : column]) for row in rows for column in columns)
            return bool(rows) and not any(gap.strip() for gap in gaps)
    return False


def _cells(line: str) -> list[str]:
    """What stands in each cell, as terminals count them: a wide character takes two, a mark none."""
    return [part for character in line for part in (character, "")[: max(wcwidth(character), 0)]]


def marks_shown(raw: bytes) -> set[str]:
    """The marks that were written to the terminal as text."""
    return set(re.findall(r"h\d\dH", KNOWN.sub(b"", raw).decode("utf-8", "replace")))


def not_shown(raw: bytes, wanted: Mapping[Name, str]) -> list[str]:
    """The columns among `wanted` (with where they stand) whose value was never to be seen."""
    columns, shown = text_columns(), marks_shown(raw)
    return [f"{'.'.join(name)}: {where}" for name, where in wanted.items() if mark(columns[name].number) not in shown]
