"""Filling an empty database with the demo's people, all at once.

This is the one place that writes users without a plan. A plan reads, locks, guards and audits one user at a time, in
some milliseconds; ten thousand would take a minute before the demo's first screen. It is allowed only because nobody's
data is there: `fill` refuses a database that has a user in it, and what it writes keeps the rules of the operations
(valid names, one version a change, a history that verifies).

It blocks: call it in a thread from an event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from models.passwords import generate, hash_password
from models.passwords.hashing import NOBODYS
from models.permissions import SYSTEM_ROLES
from tui.demo.copy_text import copy_text
from tui.demo.history import COLUMNS as AUDIT_COLUMNS
from tui.demo.history import Event, chained, events
from tui.demo.lives import DAY, World, life
from tui.demo.rows import (
    ADMIN,
    AUTH_COLUMNS,
    ROLE_COLUMNS,
    USER_COLUMNS,
    Row,
    auth_row,
    role_row,
    somebody,
    stamp,
    user_row,
)
from tui.demo.things import COLUMNS as THING_COLUMNS
from tui.demo.things import VIEWS, things

PEOPLE: Final = 10_000
"""As many as a demo has where nobody says otherwise."""

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "users": USER_COLUMNS,
    "user_auth_state": AUTH_COLUMNS,
    "user_roles": ROLE_COLUMNS,
    **THING_COLUMNS,
    "audit_events": AUDIT_COLUMNS,
}
"""What is filled, in an order that foreign keys allow."""

_BATCH: Final = 20_000
_PROVE: Final = (
    "INSERT INTO step_ups (session_id, kind, at, expires_at) SELECT id, $1, created_at, expires_at FROM user_sessions"
    " WHERE token_hash = $2"
)
"""The password of the superuser, which nobody was told, is not asked for again as long as the session lasts."""

_COUNTS: Final = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM audit_events)"


class NotEmptyError(ValueError):
    """There are users in the database, so it is not one to throw away. `str()` is a sentence."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was made. The superuser is signed in by `token`, and unlocks the screen with `password`."""

    superuser_id: int
    username: str
    users: int
    audit_events: int
    token: str = field(repr=False)
    password: str = field(repr=False)


def fill(url_or_path: str, dialect: str, n: int = PEOPLE, seed: int = 0) -> DemoSummary:
    """Fills a database that has the current schema and nobody in it with `n` people, the first a superuser.

    `dialect` is sqlite or postgres. The same `n`, `seed` and time make the same rows, but for the secrets. Everybody
    with a usable password has the same one, since ten thousand hashes would take 20 minutes; the others have the hash
    of what nobody knows. Raises NotEmptyError, and what the driver raises; nothing is kept then.
    """
    if n < 1:
        raise ValueError("A demo needs at least one person.")
    world = World(n, seed, int(time.time()))
    made = _Made(world)
    if dialect == "postgres":
        asyncio.run(_fill_postgres(url_or_path, made))
    else:
        _fill_sqlite(url_or_path.removeprefix("sqlite://"), made)
    return DemoSummary(1, ADMIN.username, n, made.recorded, made.token, made.password)


class _Made:
    """The rows of a world, made batch by batch, and the secrets that go with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.recorded = 0
        self.token = secrets.token_urlsafe(32)
        self.password = generate()
        self._hashes = (NOBODYS, hash_password(self.password))

    def batches(self, roles: Mapping[str, int]) -> Iterable[tuple[str, list[Row]]]:
        """Rows and the table that they belong to; foreign keys hold after each. `roles` has the ids by name."""
        world = self.world
        done: list[Event] = []
        for start in range(0, world.people, _BATCH):
            rows: defaultdict[str, list[Row]] = defaultdict(list)
            for number in range(start, min(start + _BATCH, world.people)):
                done += self._person(number, rows, roles)
            if start == 0:
                rows["user_sessions"].append(self._signed_in())
                rows["saved_views"] += VIEWS
            yield from ((table, rows[table]) for table in TABLES if rows[table])
        names = {number + 1: somebody(number, world).username for number in range(min(9, world.people))}
        audit = list(chained(done, world, names))
        self.recorded = len(audit)
        yield "audit_events", audit

    def _person(self, number: int, rows: defaultdict[str, list[Row]], roles: Mapping[str, int]) -> Iterable[Event]:
        world = self.world
        who, lived = somebody(number, world), life(number, world)
        row = user_row(number, who, lived, self._hashes[lived.usable])
        rows["users"].append(row)
        auth = auth_row(number, lived, world)
        if auth is not None:
            rows["user_auth_state"].append(auth)
        grant = role_row(number, lived, roles, ADMIN.username)
        if grant is not None:
            rows["user_roles"].append(grant)
        for table, thing in things(number, who, lived, world, ADMIN.username):
            rows[table].append(thing)
        return events(number, who, row, lived, world)

    def proofs(self) -> list[tuple[str, str]]:
        """Every class for which a password is asked again, each with the hash of the superuser's token."""
        from models.operations.sign_in.proofs import EVERY_CLASS

        return [(kind, hashlib.sha256(self.token.encode()).hexdigest()) for kind in sorted(EVERY_CLASS)]

    def _signed_in(self) -> Row:
        """The session of the superuser."""
        token_hash = hashlib.sha256(self.token.encode()).hexdigest()
        now, end = stamp(self.world.now), stamp(self.world.now + DAY)
        version = user_row(0, ADMIN, life(0, self.world), "")[USER_COLUMNS.index("token_version")]
        return 1, token_hash, "tui", now, now, end, None, None, None, None, None, "shellback --demo", version


def _fill_sqlite(path: str, made: _Made) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # A machine that dies here leaves a file to throw away, so nothing waits for the disk.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        _check_empty(*connection.execute(_COUNTS).fetchone())
        roles = dict(connection.execute("SELECT name, id FROM roles"))
        for table, rows in made.batches(_seeded(roles)):
            columns = TABLES[table]
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
            connection.executemany(insert, rows)
        connection.executemany(_PROVE.replace("$1", "?").replace("$2", "?"), made.proofs())
        connection.execute("COMMIT")


async def _fill_postgres(url: str, made: _Made) -> None:
    import asyncpg  # 60 ms that a demo on SQLite does not need

    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE users, audit_events IN SHARE ROW EXCLUSIVE MODE")
            counted = await connection.fetchrow(_COUNTS)
            assert counted is not None
            _check_empty(*counted)
            roles = {role["name"]: role["id"] for role in await connection.fetch("SELECT name, id FROM roles")}
            for table, rows in made.batches(_seeded(roles)):
                text = io.BytesIO(copy_text(rows))
                await connection.copy_to_table(table, source=text, columns=TABLES[table])
            await connection.executemany(_PROVE, made.proofs())
            await connection.execute("SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users")
    finally:
        await connection.close()


def _check_empty(users: int, audited: int) -> None:
    if users or audited:
        raise NotEmptyError(
            f"This database is in use ({users} users, {audited} audit rows): a demo needs an empty one."
        )


def _seeded(roles: Mapping[str, int]) -> Mapping[str, int]:
    missing = SYSTEM_ROLES.keys() - roles.keys()
    if missing:
        raise ValueError(f"The schema is not current: there is no role {', '.join(sorted(missing))}.")
    return roles
