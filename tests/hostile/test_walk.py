"""The real program, walked through while every text in its database is hostile: what it writes to the terminal, byte by
byte, and what of the values is to be seen."""

from __future__ import annotations

import re

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, clear_search, leave, press_until_gone, search, shellback, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.hostile.columns import text_columns
from tests.hostile.places import NOT_SHOWN, OWN_WALK, SHOWN
from tests.hostile.rows import USER, WIDTHS
from tests.hostile.walking import lines_up, looks_into, not_shown, opens
from tests.hostile.wire import foreign


def test_every_column_with_text_has_a_place() -> None:
    places = [*SHOWN, *OWN_WALK, *NOT_SHOWN]
    assert sorted(places) == sorted(text_columns())


def test_every_screen(hostile: Peopled) -> None:
    with shellback(environment=hostile.signed_in, columns=160, rows=120) as terminal:
        wait_for_rows(terminal, len(WIDTHS) + 5)
        lines_up(terminal, "USERNAME", "STATE", "ROLES", "LAST LOGIN", "E-MAIL", "NAME")
        search(terminal, f"id:{USER}", "1 match")
        opens(terminal, "enter", waiting="Lock cause")
        for key in ("e", "s", "p", "A", "L", "K", "D", "N"):
            looks_into(terminal, key)
        opens(terminal, "w", waiting="> Why")
        back(terminal, "Lock cause")
        terminal.wait_gone("> Why")
        opens(terminal, "]", waiting="GRANTED BY")
        lines_up(terminal, "ROLE", "UNTIL", "GRANTED BY")
        looks_into(terminal, "+")
        looks_into(terminal, "-")
        opens(terminal, "]", waiting="LAST SEEN")
        lines_up(terminal, "LAST SEEN")
        looks_into(terminal, "x")
        opens(terminal, "]", waiting="▌  pinned")
        looks_into(terminal, "x")
        opens(terminal, "]", waiting="CHANGES")
        lines_up(terminal, "WHEN", "WHO", "WHAT", "CHANGES")
        looks_into(terminal, "U")
        opens(terminal, "enter", waiting="follows")
        back(terminal, "CHANGES")
        # A key of bytes that are no text is read otherwise than it is ordered: the row must not be found twice.
        back(terminal, "USERNAME")
        row = re.compile(rf"^[▌ ][● ] +{USER} ", re.MULTILINE)
        assert len(row.findall(terminal.wait_until(lambda text: row.search(text) is not None, "the row"))) == 1
        opens(terminal, "space", waiting="1 marked ·")
        opens(terminal, "b", waiting="Force change")
        press_until_gone(terminal, "escape", "Force change")
        opens(terminal, "V", waiting="yours, shared")
        press_until_gone(terminal, "escape", "[ Close ]")
        opens(terminal, "4", waiting="OUTCOME")
        lines_up(terminal, "OUTCOME")
        opens(terminal, "enter", waiting="follows")
        back(terminal, "OUTCOME")
        opens(terminal, "6", waiting="▌  auditor")
        lines_up(terminal, "ROLE", "MAY", "KIND", "DESCRIPTION")
        opens(terminal, "down", waiting="▌  dba")
        opens(terminal, "down", waiting="▌  h")
        for key in ("e", "D"):
            looks_into(terminal, key)
        opens(terminal, "5", waiting="dialect")
        opens(terminal, "1", waiting="1 match")
        _narrow(terminal)
        clear_search(terminal)
        wait_for_rows(terminal)
        leave(terminal)
        assert foreign(terminal.raw, least=500) == []
        assert not_shown(terminal.raw, SHOWN) == []


def _narrow(terminal: Terminal) -> None:
    """Where most of each value is cut off: the list, the page with its tabs, dialogs and an event."""
    terminal.resize(80, 24)
    opens(terminal, "enter", waiting="Users >")
    for column in ("GRANTED BY", "LAST SEEN", "NOTE", "CHANGES"):
        opens(terminal, "]", waiting=column)
    for key in ("e", "p", "A"):
        looks_into(terminal, key)
    back(terminal, "1 match")
    opens(terminal, "4", waiting="OUTCOME")
    opens(terminal, "enter", waiting="Audit >")
    back(terminal, "OUTCOME")
    opens(terminal, "1", waiting="1 match")
