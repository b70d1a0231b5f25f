"""What depends on a user, and what deleting the user does to it: deleted with it, detached from it, or in the way.

Counts are bounded, in rows and in time: a relation without an index is a whole table to read. What cannot be counted is
said, not hidden.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from models.engines.errors import DatabaseError, DatabaseUnavailable, PermissionRefused, StatementTimeout
from models.operations.deletion.references import (
    DEPTH,
    MOST,
    USERS,
    OnDelete,
    Path,
    known_to_application,
    paths_to,
    quoted,
)
from models.operations.text import counted, grouped
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.deletion.references import Reference
    from models.operations.plan import Json

LIMIT: Final = 1000
"""Rows counted of one relation; more are "1 000+"."""

COUNT_SECONDS: Final = 2.0
"""How long one relation is counted for a preview."""

ALL_SECONDS: Final = 8.0
"""How long all of them are counted for a preview."""

NOT_READ: Final = "this connection may not read it all"
NOT_IN_TIME: Final = "too slow to count"
NOT_COUNTED: Final = "cannot be counted"

_WORDS: Final = {
    ("users", "created_by_id"): "accounts that it created",
    ("user_roles", "user_id"): "roles",
    ("user_roles", "granted_by_id"): "roles that it granted to others",
    ("user_auth_state", "user_id"): "state of its sign-ins",
    ("login_attempts", "user_id"): "attempts to sign in",
    ("step_ups", "session_id"): "passwords given again",
    ("user_sessions", "user_id"): "sessions",
    ("user_sessions", "revoked_by_id"): "sessions that it ended",
    ("one_time_tokens", "user_id"): "one-time links",
    ("one_time_tokens", "created_by_id"): "one-time links that it made for others",
    ("mfa_factors", "user_id"): "second factors",
    ("user_notes", "user_id"): "notes on it",
    ("user_notes", "author_id"): "notes that it wrote on others",
    ("saved_views", "owner_id"): "saved views",
}


@dataclass(frozen=True, slots=True)
class Dependant:
    """One relation and how many rows of it there are: `rows` up to `LIMIT`, `more` beyond, None with a `problem`.

    `known`: the application has a model of it. `via` are the tables between, whose rows are deleted too.
    """

    path: Path
    known: bool
    rows: int | None
    more: bool = False
    problem: str = ""

    @property
    def reference(self) -> Reference:
        """The relation itself, the last one on the way."""
        return self.path[-1]

    @property
    def on_delete(self) -> OnDelete:
        """What becomes of the rows. Another account is never deleted along with one."""
        return OnDelete.BLOCKS if self.takes_accounts else self.reference.on_delete

    @property
    def takes_accounts(self) -> bool:
        """Whether other accounts would be deleted: no guard has looked at those."""
        return self.reference.on_delete is OnDelete.DELETES and self.reference.name == USERS

    @property
    def via(self) -> tuple[str, ...]:
        """The tables between the user and this one."""
        return tuple(one.name for one in self.path[:-1])

    @property
    def words(self) -> str:
        """What the rows are to people: "sessions", or the table of an application that nobody described."""
        one = self.reference
        words = _WORDS.get((one.name, one.columns[0])) if len(one.columns) == 1 else None
        return words or one.name

    @property
    def count(self) -> str:
        """Return "3", "1 000+" or "?"."""
        if self.rows is None:
            return "?"
        return f"{grouped(LIMIT)}+" if self.more else grouped(self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """What else is to be known of it, each a few words."""
        one = self.reference
        found = [self.problem] if self.problem else []
        if self.via:
            found.append(f"through {', '.join(self.via)}")
        if not one.enforced:
            found.append("the database does not enforce it")
        elif not self.known:
            found.append("not of this application")
        if not one.indexed:
            found.append("no index")
        return tuple(found)

    def as_json(self) -> dict[str, Json]:
        """Return the relation as a JSON object; `rows` is null where it could not be counted."""
        one = self.reference
        return {
            "table": one.name,
            "columns": list(one.columns),
            "through": list(self.via),
            "words": self.words,
            "on_delete": str(self.on_delete),
            "rows": self.rows,
            "more": self.more,
            "known": self.known,
            "indexed": one.indexed,
            "enforced": one.enforced,
            "problem": self.problem or None,
        }


async def preview(client: BaseDBAsyncClient, user_id: int) -> tuple[Dependant, ...]:
    """Return every relation with its count, outside a transaction: what fails or is slow is said and passed over.

    Raises `DatabaseError` where the catalogue cannot be read.
    """
    known, loop = known_to_application(), asyncio.get_running_loop()
    end = loop.time() + ALL_SECONDS
    found = []
    paths = await paths_to(client)
    for path in paths:
        counted_rows: int | None = None
        problem = ""
        if not all(one.readable for one in path):
            problem = NOT_READ
        else:
            try:
                async with asyncio.timeout(max(0.0, min(COUNT_SECONDS, end - loop.time()))):
                    counted_rows = await _count(client, path, paths, user_id)
            except (TimeoutError, StatementTimeout):
                problem = NOT_IN_TIME
            except PermissionRefused:
                problem = NOT_READ
            except DatabaseUnavailable:
                raise
            except DatabaseError:
                problem = NOT_COUNTED
        found.append(_dependant(path, known, counted_rows, problem))
    return tuple(found)


async def recount(client: BaseDBAsyncClient, user_id: int, seen: Iterable[Dependant]) -> tuple[Dependant, ...]:
    """Return the relations as they are now, in the caller's transaction. What could not be counted before is not tried:
    an error would end the transaction. Raises `DatabaseError`."""
    known = known_to_application()
    problems = {one.path: one.problem for one in seen if one.rows is None}
    found = []
    paths = await paths_to(client)
    for path in paths:
        problem = problems.get(path, "" if all(one.readable for one in path) else NOT_READ)
        rows = None if problem else await _count(client, path, paths, user_id)
        found.append(_dependant(path, known, rows, problem))
    return tuple(found)


def in_the_way(dependants: Iterable[Dependant]) -> tuple[Dependant, ...]:
    """Return what forbids the deletion. What could not be counted does not: the database decides."""
    return tuple(one for one in dependants if one.on_delete is OnDelete.BLOCKS and one.rows)


def more_than_seen(now: Iterable[Dependant], seen: Iterable[Dependant]) -> tuple[Dependant, ...]:
    """Return what would be deleted or detached and was not there, or not so much of it, when it was looked at."""
    before = {one.path: one.rows for one in seen}
    return tuple(one for one in now if one.rows and one.rows > (before.get(one.path, 0) or 0))


def block_sentence(one: Dependant) -> str:
    """Return why this relation forbids the deletion, and what to do."""
    through = f", through {', '.join(one.via)}" if one.via else ""
    rows = counted(one.rows, "row") if one.rows and not one.more else f"{one.count} rows"
    if one.takes_accounts:
        other = "1 other account" if one.rows == 1 else f"{one.count} other accounts"
        return f"{other} would be deleted with it ({one.reference.place}{through}). Delete or detach those first."
    where = f"({one.reference.place}{through})"
    return f"Table {one.reference.name} refers to it: {rows} {where}. Change or delete those first."


def sentences(dependants: Iterable[Dependant]) -> Iterator[str]:
    """Return what will happen to each relation that has rows or could not be counted."""
    verbs = {OnDelete.DELETES: "will be deleted", OnDelete.DETACHES: "will be detached", OnDelete.BLOCKS: "in the way"}
    for one in dependants:
        if one.rows == 0:
            continue
        notes = "".join(f"; {note}" for note in one.notes)
        yield f"{one.words}: {one.count} {verbs[one.on_delete]} ({one.reference.place}{notes})"


def deepest(dependants: Iterable[Dependant]) -> str:
    """Return what is said where the relations go on beyond what was looked at; "" where they end."""
    found = tuple(dependants)
    if len(found) == MOST:
        return f"only the nearest {MOST} relations were looked at"
    for one in found:
        if len(one.path) == DEPTH and one.on_delete is OnDelete.DELETES and one.rows != 0:
            return f"what refers to {one.reference.name} was not looked at: it is {DEPTH} tables away"
    return ""


async def _count(client: BaseDBAsyncClient, path: Path, paths: Iterable[Path], user_id: int) -> int:
    """Count the rows at the end of a path, up to one more than `LIMIT`.

    A row that refers to itself does not count, nor, where that is looked at in the end, one that a cascade deletes.
    """
    mark, last = "$1" if is_postgres(client) else "?1", path[-1]
    found = f"SELECT 1 AS one FROM {last.table} WHERE {_reached(path, mark)}"  # noqa: S608 - names, all quoted
    if last.name == USERS:
        found += f" AND id <> {mark}"
    for other in paths if last.at_end else ():
        if other[-1].table == last.table and other[-1].on_delete is OnDelete.DELETES:
            found += f" AND CASE WHEN {_reached(other, mark)} THEN FALSE ELSE TRUE END"
    bounded = f"SELECT count(*) AS number FROM ({found} LIMIT {LIMIT + 1}) bounded"  # noqa: S608 - the same
    rows = await client.execute_query_dict(bounded, [user_id])
    return int(rows[0]["number"])


def _reached(path: Path, mark: str) -> str:
    """The condition on the last table of a path for the rows that belong to the user."""
    inner = f"SELECT {_names(path[0].parent_columns)} FROM {USERS} WHERE id = {mark}"  # noqa: S608 - the same
    for one, following in pairwise(path):
        wanted = _names(following.parent_columns)
        inner = f"SELECT {wanted} FROM {one.table} WHERE ({_names(one.columns)}) IN ({inner})"  # noqa: S608 - the same
    return f"({_names(path[-1].columns)}) IN ({inner})"


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(quoted, columns))


def _dependant(path: Path, known: frozenset[tuple[str, str]], rows: int | None, problem: str) -> Dependant:
    one = path[-1]
    is_known = len(one.columns) == 1 and (one.name, one.columns[0]) in known
    if rows is not None and rows > LIMIT:
        return Dependant(path, is_known, LIMIT, more=True)
    return Dependant(path, is_known, rows, problem=problem)
