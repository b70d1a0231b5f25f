"""Databases under tiers."""

import uuid
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from tests.grants.tiers import TierDatabase, apply_tiers, roles_of
from tests.grants.walk.fixtures import peopled, peopled_url, walked  # noqa: F401 - for the tests beside
from tests.postgres import PostgresServer
from tests.quick_hashes import quick_hashes
from tui.grants import functions


@pytest.fixture(autouse=True, scope="package")
def _quick_passwords() -> Iterator[None]:
    """What is tried here is who may do what, not how long a password takes: neither to hash nor to compare."""
    with quick_hashes(), patch.object(functions, "WAIT", 0.0):
        yield


@pytest.fixture
def role_prefix(postgres_server: PostgresServer) -> Iterator[str]:
    """The prefix of this test's roles. Ask for it before `database_url`: the roles go when the database is gone."""
    with roles_of(postgres_server, f"t{uuid.uuid4().hex[:10]}_") as prefix:
        yield prefix


@pytest.fixture
def tiers(role_prefix: str, postgres_server: PostgresServer, database_url: str) -> TierDatabase:
    """A migrated, empty database with every tier, and a login of each."""
    return apply_tiers(postgres_server, database_url, prefix=role_prefix)
