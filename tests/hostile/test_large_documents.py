"""Documents and notes of ten megabytes, a page of them: cut by the database, so that neither the memory nor the time
of a page is theirs; and each is shown with its size."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.program import back, clear_search, leave, search, shellback, wait_for_rows
from tests.hostile.walking import opens
from tests.hostile.wire import foreign
from tests.tui.migrate.projects import execute

USER: Final = 66
ROWS: Final = 3
PAIRS: Final = 2_500_000
SIZE: Final = f"({2 * PAIRS + 4:,} characters in all)".replace(",", " ")
MOST_KB: Final = 160_000
"""Of memory, at its highest: the program without such rows has 90 000."""

_TEXT: Final = f"(SELECT '[b]' || chr(8238) || repeat('山' || chr(27), {PAIRS}) AS value) text"
_EVENTS: Final = f"""
    INSERT INTO audit_events (seq, op_id, at, actor_label, actor_kind, action, target_type, target_id, target_label,
        outcome, changes, meta, prev_hash, hash)
    SELECT seq + number, gen_random_uuid(), at, 'a', 'tui', 'users.edit', 'user', {USER}, 'a.large', 'ok',
        jsonb_build_object('full_name', jsonb_build_array(null, value)),
        jsonb_build_object('why', jsonb_build_array(value)), '', repeat(number::text, 64)
    FROM (SELECT seq, at FROM audit_events ORDER BY seq DESC LIMIT 1) newest, generate_series(1, {ROWS}) number, {_TEXT}
"""
_NOTES: Final = f"""
    INSERT INTO user_notes (user_id, author_label, body, created_at)
    SELECT {USER}, 'a', value, now() FROM generate_series(1, {ROWS}), {_TEXT}"""


@pytest.mark.postgres_only
def test_a_page_of_them(peopled: Peopled) -> None:
    for statement in (_EVENTS, _NOTES):
        asyncio.run(execute(peopled.url, statement))
    with shellback(environment=peopled.signed_in, columns=120, rows=130) as terminal:
        wait_for_rows(terminal)
        search(terminal, f"id:{USER}", "1 match")
        opens(terminal, "enter", waiting="Sign-ins, 30 days")
        for tab in ("GRANTED BY", "LAST SEEN"):
            opens(terminal, "]", waiting=tab)
        opens(terminal, "]", waiting="The first of 5 000 004 characters")
        opens(terminal, "]", waiting="too large for a list")
        back(terminal, "USERNAME")
        opens(terminal, "4", waiting="97\n")
        terminal.press("enter")
        # The change, and what else is kept, as JSON writes it.
        terminal.wait_until(lambda text: "follows" in text and _sizes(text) == 2, "both with their sizes")
        back(terminal, "OUTCOME")
        high = int(Path(f"/proc/{terminal.pid}/status").read_text().partition("VmHWM:")[2].split()[0])
        opens(terminal, "1", waiting="1 match")
        clear_search(terminal)
        wait_for_rows(terminal)
        leave(terminal)
        assert foreign(terminal.raw, least=200) == []
    assert high < MOST_KB


def _sizes(text: str) -> int:
    return " ".join(text.split()).count("characters in all")
