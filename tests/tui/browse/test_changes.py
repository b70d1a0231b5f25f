"""What an audit row keeps is read without raising, whatever is stored."""

from __future__ import annotations

import pytest

from tui.browse.audit.changes import DEEPEST, json_object
from tui.screens.audit.words import value

DEPTHS = (DEEPEST + 1, 500, 900, 10_000, 100_000)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deeply_is_unreadable(depth: int, opens: str, closes: str) -> None:
    assert json_object(f'{{"name": [null, {opens * depth}1{closes * depth}]}}') is None


def test_what_is_nested_as_deeply_as_that_is_shown() -> None:
    levels = DEEPEST - 1
    found = json_object('{"name": ' + "[" * levels + "1" + "]" * levels + "}")
    assert found is not None
    assert value(found["name"]).plain == "1"


@pytest.mark.parametrize(
    ("stored", "shown"), [(None, {}), ("null", {}), ("[]", None), ("{", None), ('{"a": 1}', {"a": 1})]
)
def test_what_is_no_object_is_unreadable(stored: object, shown: object) -> None:
    assert json_object(stored) == shown
