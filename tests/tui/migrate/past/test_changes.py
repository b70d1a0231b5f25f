"""What changed in a file since it was run, and how history is listed. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tui.migrate.projects import migration
from tui.migrate.applied import AppliedRow
from tui.migrate.past.changes import MOST_LINES, changes
from tui.migrate.past.chronicle import chronicle, took_words, when_words, who_words
from tui.migrate.past.records import Record, as_record
from tui.migrate.process.runs.source import without_state

FILE = migration("SELECT 1; SELECT 2", "SELECT 3")
WAS = without_state(FILE)


@pytest.mark.parametrize(
    ("now", "said", "is_sql"),
    [
        (FILE.replace("SELECT 2", "SELECT 4"), "The SQL differs from what was run.", True),
        (FILE.replace("SELECT 3", "SELECT 4"), "What was run is the same; the downgrade differs.", True),
        (FILE.replace("SELECT 2", "SELECT\n  2 -- two"), "only comments, blanks or other lines differ.", False),
        (FILE.replace("SELECT 2", "SELECT\n  2"), "only comments, blanks or other lines differ.", False),
        (FILE.replace("RUN_IN", "# a word\nRUN_IN"), "only comments, blanks or other lines differ.", False),
        (FILE.replace("eJyr", "eJyx"), "only the recorded state of the models differs.", False),
        (FILE.replace("= True", "= False"), "whether it runs in a transaction differs.", True),
        (FILE.replace("    return", "    print(db)\n    return", 1), "The Python differs", True),
        (FILE.replace("\n", "\r\n"), "Only the layout of the file differs", False),
        (FILE.replace("def upgrade(", "def upgrade((", 1), "This is not Python", True),
    ],
)
def test_the_kind_of_change(now: str, said: str, is_sql: bool) -> None:
    found = changes(WAS, now.encode(), "1_n.py", "postgres")
    assert said in found.sentence
    assert found.is_sql is is_sql


def test_the_diff_is_unified() -> None:
    found = changes(WAS, FILE.replace("SELECT 2", "SELECT 4").encode(), "1_n.py", "sqlite")
    assert found.lines[:2] == ("--- 1_n.py, as run", "+++ 1_n.py, now")
    assert '-    return """SELECT 1; SELECT 2"""' in found.lines
    assert '+    return """SELECT 1; SELECT 4"""' in found.lines


def test_a_huge_difference_is_cut_and_a_lost_text_is_said() -> None:
    huge = "".join(f"# {number}\n" for number in range(2 * MOST_LINES))
    assert changes(huge, FILE.encode(), "1_n.py", "sqlite").lines[-1] == "(more lines differ)"
    assert "did not keep" in changes("", FILE.encode(), "1_n.py", "sqlite").sentence


def test_a_state_over_many_lines_is_one_hash() -> None:
    one = 'x = 1\nMODELS_STATE = "abc"\n# é\n'
    many = 'x = 1\nMODELS_STATE = (\n    "a"\n    "bc"\n)\n# é\n'
    assert without_state(one) == without_state(many)
    assert "abc" not in without_state(one)
    assert without_state("def (") == "def ("


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record(version: str, hours: int, **values: Any) -> Record:
    started = NOON + timedelta(hours=hours)
    whole = {"run": f"r{hours}", "app": "models", "version": version, "action": "apply", "outcome": "done"}
    found = as_record({**whole, "id": hours, "started_at": started, **values})
    assert found is not None
    return found


def test_rows_of_plain_aerich_stand_where_their_ids_say() -> None:
    records = [record("1", 1, aerich_id=2), record("2", 2, outcome="failed"), record("2", 3, aerich_id=4)]
    rows = [AppliedRow(number, version, "models") for number, version in enumerate("01224", 1)]
    lines = chronicle(records, [*rows, AppliedRow(9, "0", "other")], "models")
    assert [(line.version, line.what) for line in lines] == [
        ("4", "applied"),
        ("2", "apply"),
        ("2", "apply failed"),
        ("2", "applied"),
        ("1", "apply"),
        ("0", "applied"),
    ]
    assert len({line.key for line in lines}) == len(lines)


def test_words() -> None:
    assert when_words(None) == "unknown"
    assert when_words(record("1", 0, started_at="0001-01-01T00:00:00+14:00")) == "unknown"
    assert who_words(None) == "unknown"
    assert who_words(record("1", 0, actor="\x1b[2Jm")) == r"\x1b[2Jm"
    assert [
        took_words(record("1", 0, took_ms=ms)) for ms in (0, 999, 1500, 65_000, 600_000, 7_200_000, 2**62, -1, None)
    ] == ["0 ms", "999 ms", "1.5 s", "1.1 min", "10 min", "2.0 h", "9999.0 h", "", ""]
