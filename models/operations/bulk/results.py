"""After a bulk: take the failures up again, go on with one that was stopped, write the results to a file."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from models.operations.bulk.journal import JournalError, read_plan
from models.operations.bulk.planning import database_mark, look, plan_bulk, recall
from models.operations.bulk.selection import AT_ONCE, freeze_ids
from models.operations.bulk.sql import fetch, ids_in, numbers
from models.operations.bulk.verdicts import FAILURES, RowResult, Verdict
from models.operations.transactions import connection
from models.private_files import whole_file
from models.spreadsheets import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from models.operations.bulk.plan import BulkOutcome, BulkPlan
    from models.operations.plan import Actor

HEADER: Final = ("id", "username", "result", "reason")


async def retry(outcome: BulkOutcome) -> BulkPlan:
    """Plan the same verb on those users only that were not changed, as they are now. Raises what the engine does."""
    failed = [user_id for user_id, verdict in outcome.rows() if verdict.result in FAILURES]
    plan = outcome.plan
    selection = await freeze_ids(failed, words=f"what failed of: {plan.selection.words}", query=plan.selection.query)
    return await plan_bulk(plan.actor, selection, plan.verb, reason=plan.reason, ticket=plan.ticket)


async def resume(path: Path, actor: Actor, *, progress: Callable[[float], object] | None = None) -> BulkPlan:
    """Return the rest of an interrupted bulk as a plan, looked at anew: `apply_bulk` goes on, given its journal.

    Raises `JournalError` for a file that is no journal, one of somebody else, and one of another database.
    """
    plan = await asyncio.to_thread(read_plan, path, actor)
    if plan.database and plan.database != await database_mark():
        raise JournalError("This bulk was begun on another database.")
    results = bytearray(plan.results)
    await recall(connection(), plan, results)
    return await look(replace(plan, results=bytes(results)), progress)


async def labels(ids: Sequence[int]) -> dict[int, str]:
    """Return the usernames of these users, at most 10 000; whoever is not there is left out."""
    client = connection()
    sql = f"SELECT id, username FROM users WHERE {ids_in(client, 'id', '$1')}"
    return {row[0]: row[1] for row in await fetch(client, sql, numbers(client, ids))}


async def export_results(
    outcome: BulkOutcome, path: Path, visible: Callable[[str], str], *, only: Collection[RowResult] | None = None
) -> int:
    """Write the result of each user as CSV and return how many; `only` some results. The file has mode 0600, and is
    whole or not there. `visible` makes a name fit for a terminal. Raises OSError and what the engine raises."""
    count = 0
    with whole_file(path) as file:
        file.write(_csv([HEADER]))
        for start in range(0, len(outcome.results), AT_ONCE):
            rows = [
                (user_id, verdict)
                for user_id, verdict in outcome.rows(start, min(start + AT_ONCE, len(outcome.results)))
                if only is None or verdict.result in only
            ]
            names = await labels([user_id for user_id, _ in rows]) if rows else {}
            file.write(await asyncio.to_thread(_lines, rows, names, visible))
            count += len(rows)
    return count


def _lines(rows: Sequence[tuple[int, Verdict]], names: Mapping[int, str], visible: Callable[[str], str]) -> bytes:
    shown = {one: quoted(visible(name)) for one, name in names.items()}
    return _csv([(one, shown.get(one, ""), str(verdict.result), verdict.reason) for one, verdict in rows])


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
