"""The page of the query language: every example of it can be read, and it leaves nothing out."""

import re
from pathlib import Path

import pytest

from tui.browse.fields import FIELDS, State, Thing
from tui.browse.query import LONGEST, MOST_TERMS, parse
from tui.cli.arguments.query import QUERY_HELP

PAGE = (Path(__file__).parents[3] / "docs" / "query.md").read_text(encoding="utf-8")
TABLES = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
TERMS = [text for cell in TABLES for text in re.findall(r"`([^`]+)`", cell) if not text.endswith(":")]
LINES = PAGE[PAGE.index("```text\n") + 8 : PAGE.rindex("```")].splitlines()
EXAMPLES = [re.split(r"  +| (?=passwords)", line)[0] for line in LINES]


@pytest.mark.parametrize("text", [*TERMS, *EXAMPLES])
def test_an_example_can_be_read(text: str) -> None:
    assert parse(text).words()


def test_there_are_examples() -> None:
    assert len(TERMS) > 60
    assert len(EXAMPLES) == len(LINES) > 10


@pytest.mark.parametrize("text", [PAGE, QUERY_HELP])
def test_every_field_and_value_is_there(text: str) -> None:
    words = set(re.findall(r"[\w-]+", text))
    assert {*FIELDS, *State, *Thing} <= words


def test_the_limits_are_those_of_the_page() -> None:
    assert f"at most {LONGEST} characters and {MOST_TERMS} terms" in PAGE
