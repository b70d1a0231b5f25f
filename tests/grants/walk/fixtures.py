"""Databases with everybody in them, for the walks. A test module imports the fixtures that it asks for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.grants.tiers import TierDatabase, apply_tiers
from tests.grants.walk.people import Scenery, make_people
from tests.postgres import PostgresServer
from tests.tui.cli.conftest import in_database


@pytest.fixture(scope="module")
def peopled(postgres_server: PostgresServer, _template: str) -> Iterator[tuple[str, Scenery]]:
    """The name of a database with everybody in it, to be cloned."""
    name = f"peopled_{uuid.uuid4().hex}"
    postgres_server.create(name, template=_template)
    yield name, in_database(postgres_server.url(name), make_people)
    postgres_server.drop(name)


@pytest.fixture
def peopled_url(postgres_server: PostgresServer, peopled: tuple[str, Scenery], role_prefix: str) -> Iterator[str]:
    """A clone of it. The roles of the test go when it is gone."""
    assert role_prefix
    name = f"walked_{uuid.uuid4().hex}"
    postgres_server.create(name, template=peopled[0])
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def walked(postgres_server: PostgresServer, peopled_url: str, role_prefix: str) -> TierDatabase:
    """The same, with every tier made real."""
    return apply_tiers(postgres_server, peopled_url, prefix=role_prefix)
