"""The databases of `python -m bench.fill`, opened for a benchmark: where they are, who is in them, a way to sign in."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bench.fill import USERNAME
from bench.fill.postgres import DATABASE, server

NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}

SIGNED_IN_FOR = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Place:
    """One filled database. `driver` is what asyncpg or sqlite3 connects to; `token` opens the interface signed in.

    `first` and `last` begin the usernames at the ends of the list, `found` one that a search for `word` shows first.
    """

    dialect: str
    url: str
    driver: str
    people: int
    token: str
    first: str
    last: str
    word: str
    found: str

    @property
    def name(self) -> str:
        """`SQLite` or `PostgreSQL`."""
        return NAMES[self.dialect]


@contextmanager
def places(directory: Path, dialects: tuple[str, ...]) -> Iterator[list[Place]]:
    """Opens what `bench.fill --to DIRECTORY` has made of these dialects; the server runs while inside."""
    found = []
    file = directory / "shellback.sqlite3"
    if "sqlite" in dialects and file.exists():
        found.append(_place("sqlite", f"sqlite://{file}", str(file)))
    if "postgres" in dialects and (directory / "postgres").exists():
        with server(directory / "postgres") as running:
            url = running.url(DATABASE)
            yield [*found, _place("postgres", url, url)]
        return
    if not found:
        raise SystemExit(f"There is nothing in {directory}: make it with python -m bench.fill --to {directory}")
    yield found


def fetch(dialect: str, driver: str, sql: str, *values: object) -> list[Any]:
    """The rows of one statement, committed; `sql` has `$1` for its values."""
    if dialect == "sqlite":
        with closing(sqlite3.connect(driver)) as connection, connection:
            named = {str(number): value for number, value in enumerate(values, 1)}
            return connection.execute(sql, named).fetchall()

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(driver)
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()

    return asyncio.run(ask())


def _place(dialect: str, url: str, driver: str) -> Place:
    def one(sql: str, *values: object) -> Any:
        found = fetch(dialect, driver, sql, *values)
        return found[0][0] if found else None

    names = "SELECT username FROM users WHERE username_key >= $1 AND length(username) > 6 ORDER BY username_key LIMIT 1"
    found = one(names, "ali")
    middle = one(
        "SELECT username_key FROM users WHERE id >= $1 ORDER BY id LIMIT 1", one("SELECT max(id) FROM users") // 2
    )
    word = "ali" if found.lower().startswith("ali") else middle[:3]
    return Place(
        dialect,
        url,
        driver,
        people=one("SELECT count(*) FROM users"),
        token=_sign_in(dialect, driver),
        first=_begins(one(names, "")),
        last=_begins(one("SELECT username FROM users ORDER BY username_key DESC LIMIT 1")),
        word=word,
        found=_begins(one(names, word)),
    )


def _begins(username: str) -> str:
    """As much of a username as any width of its column shows."""
    return username[: 6 if username.isascii() else 3]


def _sign_in(dialect: str, driver: str) -> str:
    """A session of the superuser; the token is given to the interface as `SHELLBACK_TOKEN`."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    moments: tuple[object, object] = (now, now + SIGNED_IN_FOR)
    if dialect == "sqlite":
        moments = (str(now), str(now + SIGNED_IN_FOR))
    fetch(
        dialect,
        driver,
        "INSERT INTO user_sessions (user_id, token_hash, kind, created_at, last_seen_at, expires_at, token_version)"
        " SELECT id, $1, 'tui', $2, $2, $3, token_version FROM users WHERE username_key = $4 RETURNING id",
        hashlib.sha256(token.encode()).hexdigest(),
        *moments,
        USERNAME,
    )
    return token
