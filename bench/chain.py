"""What the chain of the audit costs: transactions a second, with no audit, with an unchained row, and with ours.

`python -m bench.chain [--seconds 5] [--dialect sqlite|postgres]`, on fresh databases of its own. Every transaction is
one UPDATE of a user by its key; `row` adds an INSERT of an audit row that follows nothing, `chain` the row that
Shellback writes: the server's facts, the lock of the chain, the last hash, the INSERT. Writers are processes, each with
users of its own, so that nobody waits for anything but the chain, the commit and the two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from bench.asking import asked_for_both
from bench.places import NAMES
from bench.table import ratio, spaced, table
from tests.postgres import start_postgres

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from tortoise.backends.base.client import BaseDBAsyncClient

    from tests.postgres import PostgresServer

MODES: Final = {"none": "no audit", "row": "an unchained audit row", "chain": "the chained row"}
WRITERS: Final = (1, 8)
EACH: Final = 20
"""Users of a writer: it changes them in turn."""


def main() -> None:
    asking = argparse.ArgumentParser(
        prog="python -m bench.chain", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("--seconds", type=float, default=5.0, metavar="S", help="of each measurement (5)")
    asking.add_argument("--dialect", choices=(*NAMES, "both"), default="both")
    asked = asking.parse_args()
    if not asked_for_both("chain", asked):
        print("\n" + _measure(asked.dialect, asked.seconds), flush=True)


def _measure(dialect: str, seconds: float) -> str:
    rows = []
    with ExitStack() as stack:
        running = stack.enter_context(start_postgres()) if dialect == "postgres" else None
        for writers in WRITERS:
            base = 0.0
            for mode, name in MODES.items():
                with _fresh(running) as url:
                    rate = _rate(url, mode, writers, seconds)
                base = base or rate
                rows.append([f"{writers} writer{'s' * (writers > 1)}, {name}", spaced(rate), ratio(base, rate)])
    title = (
        f"{NAMES[dialect]}: transactions a second, {seconds:g} s each; the ratio is the time of one against no audit"
    )
    return table(title, ["", "tx/s", "ratio"], rows)


@contextmanager
def _fresh(running: PostgresServer | None) -> Iterator[str]:
    """A database with the current schema and the users of every writer: of this server, or a file."""
    if running is not None:
        name = f"chain_{uuid4().hex}"
        running.create(name)
        url = running.url(name)
        asyncio.run(_make(url))
        yield url
        running.drop(name)
        return
    with tempfile.TemporaryDirectory(prefix="shellback-chain-") as folder:
        path = Path(folder) / "chain.sqlite3"
        path.touch(0o600)
        asyncio.run(_make(f"sqlite://{path}"))
        yield f"sqlite://{path}"


async def _make(url: str) -> None:
    from models import User
    from models.operations.transactions import write_transaction
    from tui.database import open_database
    from tui.migrate.schema import create_schema
    from tui.settings import parse_url

    await create_schema(url)

    async def fill(client: BaseDBAsyncClient) -> None:
        names = [f"user{number}" for number in range(max(WRITERS) * EACH)]
        people = [User(username=name, username_key=name, hashed_password="!") for name in names]
        await User.bulk_create(people, using_db=client)

    async with await open_database(parse_url(url)):
        await write_transaction(fill)


def _rate(url: str, mode: str, writers: int, seconds: float) -> float:
    """Transactions a second of all writers together, from when all of them are ready."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(writers), context.Queue()
    processes = [
        context.Process(target=_writer, args=(url, mode, number, seconds, ready, done)) for number in range(writers)
    ]
    for process in processes:
        process.start()
    counts = [done.get() for _ in processes]
    for process in processes:
        process.join()
    return float(sum(counts)) / seconds


def _writer(url: str, mode: str, number: int, seconds: float, ready: Barrier, done: Any) -> None:
    done.put(asyncio.run(_write(url, mode, number, seconds, ready)))


async def _write(url: str, mode: str, number: int, seconds: float, ready: Barrier) -> int:
    from models import User
    from models.engines.errors import Retryable
    from models.operations.transactions import write_transaction
    from tui.database import open_database
    from tui.settings import parse_url

    add = {"none": _nothing, "row": _row, "chain": _chain}[mode]
    made = 0
    async with await open_database(parse_url(url)):
        ids = await User.all().order_by("id").offset(number * EACH).limit(EACH).values_list("id", flat=True)

        async def change(client: BaseDBAsyncClient) -> None:
            user_id = int(str(ids[made % EACH]))
            await User.filter(id=user_id).using_db(client).update(full_name=f"turn {made}")
            await add(client, user_id, number * 10**9 + made + 1)

        await asyncio.to_thread(ready.wait)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            try:
                await write_transaction(change)
            except Retryable:  # SQLite has one write lock: who waited for too long counts nothing, and asks again
                continue
            made += 1
    return made


async def _nothing(client: BaseDBAsyncClient, user_id: int, seq: int) -> None:
    """No audit."""


async def _row(client: BaseDBAsyncClient, user_id: int, seq: int) -> None:
    from models import AuditEvent
    from models.clock import database_now
    from models.operations.audit.row import GENESIS, draft_row

    row = draft_row(_draft(user_id), await database_now(client))
    await AuditEvent.create(using_db=client, **row, seq=seq, prev_hash=GENESIS, hash=GENESIS)


async def _chain(client: BaseDBAsyncClient, user_id: int, seq: int) -> None:  # noqa: ARG001 - the chain knows it
    from models.operations.audit.writing import append

    await append(client, _draft(user_id))


def _draft(user_id: int) -> Any:
    from models.operations import Actor, ActorKind, AuditDraft, Change, Target

    actor = Actor(1, "bench", ActorKind.CLI, "bench", "here")
    change = Change("full_name", "before", "after")
    return AuditDraft(actor, "users.edit", Target("user", user_id, f"user{user_id}"), changes=(change,), op_id=uuid4())


if __name__ == "__main__":
    main()
