"""A process that deactivates everybody, and is killed at one place: `python -m tests.models.operations.bulk.killed`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from models import Account
from models.engines.postgres_transaction import PostgresTransaction
from models.engines.sqlite_transaction import SqliteTransaction
from models.operations.bulk import Deactivate, apply_bulk, plan_bulk, running
from models.operations.bulk.journal import Journal
from models.operations.bulk.plan import BulkPlan
from tests.models.operations.people import acting
from tui.browse.lists.selection import freeze
from tui.browse.search.query import parse
from tui.database import open_database
from tui.settings import parse_url


def die(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, journal: str, where: str) -> None:
    BulkPlan.batch_size = property(lambda _: 20)  # type: ignore[assignment,method-assign]
    BulkPlan.is_atomic = property(lambda _: False)  # type: ignore[assignment,method-assign]
    seen = 0

    def after(method: Any, times: int, *, before: bool) -> Any:
        async def counting(*arguments: Any, **options: Any) -> Any:
            nonlocal seen
            seen += 1
            if before and seen == times:
                die()
            result = await method(*arguments, **options)
            if seen == times:
                die()
            return result

        return counting

    async with await open_database(parse_url(url)):
        actor = acting(await Account.get(username="boss"))
        plan = await plan_bulk(actor, await freeze(parse("u0")), Deactivate(), reason="killed")
        if where == "between":
            told = Journal.tell

            def tell(self: Journal, *batch: Any) -> None:
                nonlocal seen
                told(self, *batch)
                seen += 1
                if seen == 2:
                    die()

            Journal.tell = tell  # type: ignore[assignment,method-assign]
        elif where == "within":
            globals_of_write = running.apply_bulk.__globals__
            globals_of_write["write_batch"] = after(globals_of_write["write_batch"], 3, before=False)
        else:  # committed, and not told
            for kind in (PostgresTransaction, SqliteTransaction):
                kind.commit = after(kind.commit, 3, before=False)  # type: ignore[method-assign]
        await apply_bulk(plan, journal=Path(journal))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
