"""A database whose tiers were made real: the SQL applied, and a login for each tier. For every test that works under
one."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from tests.postgres import PostgresServer
from tui.grants import Choice, Tier, statements


@dataclass(frozen=True, slots=True)
class TierDatabase:
    """One database, the choice that was applied, and its server. `app` is the application's own login."""

    server: PostgresServer
    name: str
    choice: Choice
    app: str

    def login(self, tier: Tier) -> str:
        """The role that signs in for the tier."""
        return f"{self.choice.role(tier)}_login"

    def url(self, role: str) -> str:
        """The URL under this role, as Shellback takes it."""
        return PostgresServer(self.server.host, self.server.port, role).url(self.name)

    def tier_url(self, tier: Tier) -> str:
        """The URL under the login of the tier."""
        return self.url(self.login(tier))

    async def connect(self, role: str | None = None) -> asyncpg.Connection:
        """A bare connection under a role; under the superuser of the server without one."""
        return await asyncpg.connect(
            host=self.server.host, port=self.server.port, user=role or self.server.user, database=self.name
        )

    def apply(self) -> None:
        """Run the SQL, as psql would."""
        self.server.execute(statements(self.choice), self.name)


def apply_tiers(server: PostgresServer, database_url: str, *, prefix: str = "") -> TierDatabase:
    """Apply the SQL of all tiers to a migrated database, and make a login for each and for the application.

    Roles belong to the whole server: `prefix` keeps one test from another, and `drop_roles` takes them away once the
    databases are gone.
    """
    name = urlsplit(database_url).path.removeprefix("/")
    prefix = prefix or f"t{uuid.uuid4().hex[:10]}_"
    made = TierDatabase(server, name, Choice(prefix=prefix, apps=(f"{prefix}web",)), f"{prefix}web")
    server.execute(f'CREATE ROLE "{made.app}" LOGIN', name)
    made.apply()
    for tier in Tier:
        server.execute(f'CREATE ROLE "{made.login(tier)}" LOGIN IN ROLE "{made.choice.role(tier)}"', name)
    return made


@contextmanager
def roles_of(server: PostgresServer, prefix: str) -> Iterator[str]:
    """Take every role of this prefix away at the end; by then no database may hold anything of theirs."""
    try:
        yield prefix
    finally:
        # Newest first: whoever granted a membership cannot go before it.
        server.execute(
            "DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles"
            f" WHERE starts_with(rolname, '{prefix}') ORDER BY oid DESC LOOP"
            " EXECUTE format('DROP ROLE %I', r); END LOOP; END $$"
        )
