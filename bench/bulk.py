"""A bulk of so many users beside the bare UPDATE and INSERT of the same rows, each in a database copied for it.

`python -m bench.bulk --data DIR --users 100000`, DIR being what `python -m bench.fill` made; it is left as it was.
The baseline is what one would write by hand, without guards, locks, chain or batches: one UPDATE of the users, one
INSERT ... SELECT of an audit row each with the same columns filled, one COMMIT. PostgreSQL: a database made from the
filled one as its template; SQLite: a copy of the file. While ours runs, a task measures the event loop's longest gap.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Self, TypeVar

import asyncpg

from bench.fill import USERNAME
from bench.fill.postgres import DATABASE, server
from bench.table import machine, milliseconds, ratio, table, verdict

if TYPE_CHECKING:
    from models.operations.bulk import Verb

AIM: Final = 2.0
GAP_AIM: Final = 0.050
TURNS: Final = 3
TICK: Final = 0.002

T = TypeVar("T")

UPDATE: Final = (
    "UPDATE users SET is_active = FALSE, deactivated_at = {now}, deactivation_reason = 'bench', token_version ="
    " token_version + 1, version = version + 1, updated_at = {now} WHERE {chosen}"
)
INSERT: Final = (
    "INSERT INTO audit_events (op_id, at, actor_id, actor_label, actor_kind, action, target_type, target_id,"
    " target_label, batch_id, outcome, reason, changes, version_before, version_after, meta, seq, prev_hash, hash)"
    " SELECT {op}, {now}, 1, 'admin', 'cli', 'users.deactivate', 'user', id, username, {op}, 'ok', 'bench',"
    " {changes}, version - 1, version, {meta}, id, {digest}, {digest} FROM users WHERE {chosen}"
)
CHANGES: Final = (
    '{"deactivated_at":[null,"2026-01-01T00:00:00.000000+00:00"],"deactivation_reason":[null,"bench"],'
    '"is_active":[true,false],"token_version":[0,1]}'
)
CHOSEN: Final = (
    "SELECT id FROM users WHERE is_active AND deleted_at IS NULL AND NOT is_superuser ORDER BY id LIMIT {users}"
)
OP: Final = "'00000000-0000-4000-8000-000000000000'"
DIGEST: Final = "'" + "0" * 64 + "'"


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a step took, and the longest time in which the event loop answered nobody meanwhile."""

    seconds: float
    gap: float


@dataclass
class Gap:
    """The longest time in which the event loop answered nobody."""

    longest: float = 0.0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    async def __aenter__(self) -> Self:
        async def watch() -> None:
            last = time.perf_counter()
            while True:
                await asyncio.sleep(TICK)
                now = time.perf_counter()
                self.longest, last = max(self.longest, now - last - TICK), now

        self._task = asyncio.create_task(watch())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(2 * TICK)  # so that a gap at the very end is seen
        if self._task is not None:
            self._task.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where bench.fill put the databases")
    parser.add_argument("--users", type=int, default=100_000, metavar="N", help="users of the bulk (100000)")
    parser.add_argument("--dialect", choices=("sqlite", "postgres", "both"), default="both")
    asked = parser.parse_args()
    if asked.dialect == "both":  # the models of one process speak one dialect
        print(machine())
        for dialect in ("sqlite", "postgres"):
            command = [sys.executable, "-m", "bench.bulk", "--data", str(asked.data), "--users", str(asked.users)]
            subprocess.run([*command, "--dialect", dialect], check=True)
        return
    with _fresh(asked.dialect, asked.data.resolve()) as fresh:
        print("\n" + asyncio.run(_measure(asked.dialect, fresh, asked.users)))


@contextmanager
def _fresh(dialect: str, directory: Path) -> Iterator[Callable[[], str]]:
    """Yields what makes a fresh copy of the filled database and returns its URL; the copy before is gone then."""
    if dialect == "sqlite":
        copy = directory / "bulk-copy.sqlite3"

        def copied() -> str:
            for name in ("", "-wal", "-shm"):
                Path(f"{copy}{name}").unlink(missing_ok=True)
            shutil.copyfile(directory / "shellback.sqlite3", copy)
            copy.chmod(0o600)
            return f"sqlite://{copy}"

        try:
            yield copied
        finally:
            for name in ("", "-wal", "-shm"):
                Path(f"{copy}{name}").unlink(missing_ok=True)
        return
    with server(directory / "postgres") as running:

        def cloned() -> str:
            running.drop("bulk_copy")
            running.create("bulk_copy", template=DATABASE)
            running.execute("CHECKPOINT")
            return running.url("bulk_copy")

        try:
            yield cloned
        finally:
            running.drop("bulk_copy")


async def _measure(dialect: str, fresh: Callable[[], str], users: int) -> str:
    from models.operations.bulk import Activate, Deactivate, GrantRole

    rows = []
    bare: list[float] = []
    turns: list[tuple[Timed, ...]] = []
    for _ in range(TURNS):
        bare.append(await asyncio.to_thread(_bare, dialect, fresh(), users))
        turns.append(await _ours(fresh(), users, Deactivate()))
    base = min(bare)
    frozen, planned, applied = (min(steps, key=lambda step: step.seconds) for steps in zip(*turns, strict=True))
    rows.append(["UPDATE + INSERT by hand", milliseconds(base), "", f"{users / base:,.0f}", "", ""])
    rows.append(_row("freeze all that match", frozen, base, users))
    rows.append(_row("preview", planned, base, users))
    rows.append(_row("bulk deactivate", applied, base, users, judged=True))
    for verb in (Activate(), GrantRole("support")):
        *_, step = await _ours(fresh(), users, verb, but_first=Deactivate() if verb == Activate() else None)
        rows.append(_row(f"bulk {verb.words().lower()}", step, base, users))
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[dialect]
    people = f"{users:,}".replace(",", " ")
    aims = f"aims: x{AIM}, {GAP_AIM * 1000:.0f} ms"
    title = f"{name}, {people} users, best of {TURNS}, with the longest gap of the event loop ({aims})"
    return table(title, ["", "time", "ratio", "users/s", "gap", ""], rows)


def _row(name: str, step: Timed, base: float, users: int, *, judged: bool = False) -> list[str]:
    met = verdict(max(step.seconds / base / AIM, step.gap / GAP_AIM), 1.0) if judged else ""
    rate = f"{users / step.seconds:,.0f}"
    return [name, milliseconds(step.seconds), ratio(step.seconds, base), rate, milliseconds(step.gap), met]


def _bare(dialect: str, url: str, users: int) -> float:
    """The same rows by hand: the ids in a table that is there already, as a selection is."""
    if dialect == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"CREATE TEMP TABLE chosen AS {CHOSEN.format(users=users)}")
            now = "'2026-01-01 00:00:00.000000+00:00'"
            begun = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            for sql in _statements("id IN (SELECT id FROM chosen)", now, ""):
                connection.execute(sql)
            connection.execute("COMMIT")
            return time.perf_counter() - begun
    return asyncio.run(_bare_postgres(url, users))


async def _bare_postgres(url: str, users: int) -> float:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE TEMP TABLE chosen AS {CHOSEN.format(users=users)}")
        await connection.execute("ANALYZE chosen")
        begun = time.perf_counter()
        async with connection.transaction():
            for sql in _statements("id IN (SELECT id FROM chosen)", "now()", "::"):
                await connection.execute(sql)
        return time.perf_counter() - begun
    finally:
        await connection.close()


def _statements(chosen: str, now: str, cast: str) -> tuple[str, str]:
    typed = {"op": "uuid", "json": "jsonb"} if cast else {}
    op = OP + (f"::{typed['op']}" if typed else "")
    json = f"::{typed['json']}" if typed else ""
    return UPDATE.format(now=now, chosen=chosen), INSERT.format(
        op=op,
        now=now,
        chosen=chosen,
        changes=f"'{CHANGES}'{json}",
        meta="'{\"ended_sessions\":0}'" + json,
        digest=DIGEST,
    )


async def _ours(url: str, users: int, verb: Verb, but_first: Verb | None = None) -> tuple[Timed, Timed, Timed]:
    """How long it takes to freeze, to preview and to apply."""
    from models.operations import Actor, ActorKind
    from models.operations.bulk import RowResult, apply_bulk, freeze_ids, plan_bulk
    from tui.browse.query import parse
    from tui.browse.selection import freeze

    with TemporaryDirectory() as directory:
        async with _opened(url) as account:
            actor, query = Actor(account, "admin", ActorKind.CLI), parse("is:active -is:superuser")
            await plan_bulk(actor, await freeze(parse(f'"{USERNAME}"')), verb)  # imports what is imported once
            frozen, everybody = await _timed(freeze(query))
            selection = await freeze_ids(everybody.ids[:users])
            if but_first is not None:
                await apply_bulk(await plan_bulk(actor, selection, but_first, reason="bench"))
                selection = await freeze_ids(selection.ids)
            planned, plan = await _timed(plan_bulk(actor, selection, verb, reason="bench"))
            applied, outcome = await _timed(apply_bulk(plan, journal=Path(directory) / "bench.bulk"))
        assert outcome.count(RowResult.OK) == plan.changing, outcome.sentence
        assert outcome.is_ok, outcome.sentence
        return frozen, planned, applied


async def _timed(work: Awaitable[T]) -> tuple[Timed, T]:
    async with Gap() as gap:
        begun = time.perf_counter()
        done = await work
        seconds = time.perf_counter() - begun
    return Timed(seconds, gap.longest), done


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[int]:
    """The copy, opened; the id of its superuser."""
    from models import Account
    from tui.database import open_database
    from tui.settings import parse_url

    async with await open_database(parse_url(url)):
        yield (await Account.get(username_key=USERNAME)).id


if __name__ == "__main__":
    main()
