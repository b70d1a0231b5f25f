"""Values of ten megabytes, and documents nested ten thousand deep, in the real program: they are shown cut, with their
size, and every key is answered."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Final

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, crashed, search, shellback, wait_for_rows
from tests.hostile.rows import NOW, SOON
from tests.hostile.walking import looks_into, opens
from tests.hostile.wire import foreign
from tui.settings import parse_url

LARGE: Final = "[b]" + "\u202e\x1b[2J山" * 1_000_000
SIZE: Final = f"({len(LARGE):,} characters in all)".replace(",", " ")
DEEP: Final = "[" * 10_000 + "]" * 10_000
USER: Final = 66


def _fill(people: Peopled) -> None:
    large = json.dumps({"full_name": [None, LARGE]})
    deep = f'{{"full_name": [null, {DEEP}]}}'
    with closing(sqlite3.connect(str(parse_url(people.url).path))) as base, base:
        base.execute("UPDATE users SET full_name = ?, username = 'a.large' WHERE id = ?", (LARGE, USER))
        base.execute(
            "INSERT INTO user_notes (user_id, author_label, body, pinned, created_at) VALUES (?, 'a', ?, 1, ?)",
            (USER, LARGE, NOW.isoformat(" ")),
        )
        seq = base.execute("SELECT max(seq) FROM audit_events").fetchone()[0]
        for more, document in ((1, large), (2, deep)):
            base.execute(
                "INSERT INTO audit_events (seq, op_id, at, actor_label, actor_kind, claimed_os_user, claimed_host,"
                " claimed_ssh_client, db_user, action, target_type, target_id, target_label, outcome, reason, ticket,"
                " changes, meta, prev_hash, hash) VALUES (?, ?, ?, 'a', 'tui', '', '', '', '', 'users.edit', 'user', ?,"
                " 'a.large', 'ok', ?, '', ?, ?, '', ?)",
                (seq + more, f"{more:032x}", SOON.isoformat(" "), USER, LARGE, document, document, f"{more:064x}"),
            )


@pytest.mark.sqlite_only
def test_what_is_large_or_deep_is_shown_cut(peopled: Peopled) -> None:
    _fill(peopled)
    with shellback(environment=peopled.signed_in, columns=120, rows=100) as terminal:
        wait_for_rows(terminal)
        search(terminal, f"id:{USER}", "1 match")
        opens(terminal, "enter", waiting=SIZE)
        looks_into(terminal, "e", waiting="too long to be shown")
        for tab in ("GRANTED BY", "LAST SEEN", "▌  pinned", "CHANGES"):
            opens(terminal, "]", waiting=tab)
        opens(terminal, "enter", waiting="follows")
        terminal.wait_for("unreadable: what is stored")
        back(terminal, "CHANGES")
        opens(terminal, "down", "enter", waiting="follows")
        # The reason and the change, and what else is kept, as JSON writes it.
        terminal.wait_until(lambda text: (text.count(SIZE), _sizes(text)) == (2, 3), "all with their sizes")
        back(terminal, "CHANGES")
        back(terminal, "USERNAME")
        opens(terminal, "4", waiting="OUTCOME")
        terminal.wait_for("a.large")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0, crashed(terminal)
        assert foreign(terminal.raw, least=200) == []


def _sizes(text: str) -> int:
    return " ".join(text.split()).count("characters in all")
