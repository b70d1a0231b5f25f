"""The page of the query language: every example of it can be read, and it leaves nothing out."""

import re
from pathlib import Path

import pytest

from tui.browse.audit.query import parse_audit
from tui.browse.search.fields import FIELDS, State, Thing
from tui.browse.search.query import LONGEST, MOST_TERMS, parse
from tui.cli.arguments.query import QUERY_HELP

PAGE = (Path(__file__).parents[3] / "docs" / "query.md").read_text(encoding="utf-8")
AUDIT = PAGE[PAGE.index("## The audit") : PAGE.index("## Examples")]


def terms_of(page: str) -> list[str]:
    """The terms in the first column of every table."""
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return [text for cell in cells for text in re.findall(r"`([^`]+)`", cell) if not text.endswith(":")]


TERMS = terms_of(PAGE.replace(AUDIT, ""))
LINES = PAGE[PAGE.index("```text\n") + 8 : PAGE.rindex("```")].splitlines()
EXAMPLES = [re.split(r"  +| (?=passwords)", line)[0] for line in LINES]


@pytest.mark.parametrize("text", [*TERMS, *EXAMPLES])
def test_an_example_can_be_read(text: str) -> None:
    assert parse(text).words()


@pytest.mark.parametrize("text", terms_of(AUDIT))
def test_an_example_of_the_audit_can_be_read(text: str) -> None:
    assert parse_audit(text.replace(":ID", ":7a1e3f0c-0d52-4b0e-9c35-6f2f1f0a9b11")).words()


def test_there_are_examples() -> None:
    assert len(TERMS) > 60
    assert len(terms_of(AUDIT)) > 15
    assert len(EXAMPLES) == len(LINES) > 10


@pytest.mark.parametrize("text", [PAGE, QUERY_HELP])
def test_every_field_and_value_is_there(text: str) -> None:
    words = set(re.findall(r"[\w-]+", text))
    assert {*FIELDS, *State, *Thing} <= words


def test_the_limits_are_those_of_the_page() -> None:
    assert f"at most {LONGEST} characters and {MOST_TERMS} terms" in PAGE
