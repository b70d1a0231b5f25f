"""What the tests of hostile data share: a database with people in it, and one whose every text is hostile."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Peopled, _peopled_template, peopled
from tests.hostile.rows import write, write_own

__all__ = ["_peopled_template", "peopled"]


@pytest.fixture
def hostile(peopled: Peopled, dialect: str) -> Peopled:
    """The 120 people and one row in every table whose every text is hostile."""
    write(peopled.url, dialect == "sqlite")
    return peopled


@pytest.fixture
def hostile_person(hostile: Peopled, dialect: str) -> Peopled:
    """The same, and whoever is signed in is hostile as well."""
    write_own(hostile.url, dialect == "sqlite")
    return hostile
