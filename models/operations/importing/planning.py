"""From the rows of a file to a plan: read, looked up, judged, and tried in a transaction that is rolled back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from models import AuditEvent
from models.engines.errors import DatabaseError, DatabaseUnavailable, Retryable, StatementTimeout, TransactionEnded
from models.operations.bulk.rules import judge_of
from models.operations.bulk.sql import fetch
from models.operations.context import load_scene
from models.operations.guards import actor_may, proven
from models.operations.importing.judging import Batch, Row, judge_rows, look_up
from models.operations.importing.locking import lock_users
from models.operations.importing.lookalikes import NAMES, refuse_look_alikes
from models.operations.importing.spool import Spool, Verdict
from models.operations.importing.writing import Change, alike, change_of, insert, update
from models.operations.plan import Json
from models.operations.refused import written_all
from models.operations.sign_in.proofs import ASKED_ABOVE, StepUpClass
from models.operations.sign_in.step_up import missing_proof
from models.operations.transactions import connection, write_transaction
from models.operations.values import taken
from models.permissions import Codename

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.bulk.rules import Judge
    from models.operations.context import Scene
    from models.operations.importing.rows import ImportRow
    from models.operations.plan import Actor, Refusal

ROWS: Final = 500
"""Rows that are read, judged or written at once: some 10 ms of a thread and of the event loop, a statement or two."""

LAST: Final = 2**62


class Stage(StrEnum):
    """What an import is doing."""

    READING = "reading the file"
    COMPARING = "comparing with the database"
    NAMES = "looking for look-alikes"
    TRYING = "trying it out"
    WRITING = "writing"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far a stage is; `total` is None while nobody knows."""

    stage: Stage
    done: int
    total: int | None = None


Tell = Callable[[ImportProgress], object]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import, tried and not yet done. Its rows are in `spool`, which `close` lets go of."""

    actor: Actor
    source: str
    spool: Spool = field(repr=False)
    counts: Mapping[Verdict, int]
    fields: tuple[str, ...]
    seq: int
    last_id: int
    refusals: tuple[Refusal, ...] = ()
    digest: str = ""
    reason: str = ""
    ticket: str = ""
    op_id: UUID = field(default_factory=uuid4)

    @property
    def writes(self) -> int:
        """How many users would be created or changed."""
        return self.counts[Verdict.CREATE] + self.counts[Verdict.UPDATE]

    @property
    def is_allowed(self) -> bool:
        """Whether it may be applied: nothing is refused, and no row is wrong."""
        return not self.refusals and not self.counts[Verdict.ERROR]

    @property
    def may_go_ahead(self) -> bool:
        """Whether it may be applied, once the password was given again where that is all that is missing."""
        return not self.counts[Verdict.ERROR] and (not self.refusals or missing_proof(self.refusals) is not None)

    def close(self) -> None:
        """Let the rows vanish."""
        self.spool.close()

    def as_json(self) -> dict[str, Json]:
        """Return what `--dry-run --json` prints, without the rows."""
        return {
            "op_id": str(self.op_id),
            "file": self.source,
            "sha256": self.digest,
            "fields": list(self.fields),
            **{str(verdict): count for verdict, count in self.counts.items()},
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "reason": self.reason,
            "ticket": self.ticket,
        }


async def plan_import(
    actor: Actor,
    rows: Iterator[ImportRow],
    fields: Sequence[str],
    source: str,
    tell: Tell = lambda _: None,
    *,
    as_read: Callable[[str], str] = str,
    reason: str = "",
    ticket: str = "",
) -> ImportPlan:
    """Read every row and find out what it would do. `fields` are those that the file has; `source` is its name;
    `as_read`: what is read of a stored text where such a file was written by an export.

    Writes nothing that stays: what passes the rules is written in a transaction that is always rolled back, so that
    the database's own constraints are heard. Raises what `rows` and the engine raise.
    """
    client = connection()
    spool = await asyncio.to_thread(Spool)
    try:
        total = await _read(spool, rows, tell)
        scene = await load_scene(client, actor, None, lock=False)
        seq, last_id = await _marks(client)
        judge = await judge_of(client, scene)
        await _judge(client, spool, judge, total, tell, as_read)
        counts = await asyncio.to_thread(spool.settle)
        refusals = tuple(may_import(scene, counts, fields))
        missing = tuple(proven_for(scene, counts)) if not refusals else ()
        if not refusals:
            await _rehearse(spool, actor, counts, tell)
            counts = await asyncio.to_thread(spool.settle)
    except BaseException:
        spool.close()
        raise
    refusals = refusals or missing
    return ImportPlan(actor, source, spool, counts, tuple(fields), seq, last_id, refusals, reason=reason, ticket=ticket)


def may_import(scene: Scene, counts: Mapping[Verdict, int], fields: Sequence[str]) -> Iterator[Refusal]:
    """Refuse an actor who may not do what the rows ask for."""
    needed = [Codename.USERS_IMPORT]
    if counts[Verdict.CREATE]:
        needed.append(Codename.USERS_CREATE)
    if counts[Verdict.UPDATE]:
        needed.append(Codename.USERS_EDIT)
    if "must_change_password" in fields:
        needed.append(Codename.USERS_FORCE_CHANGE)
    yield from actor_may(scene, *needed)


def proven_for(scene: Scene, counts: Mapping[Verdict, int]) -> Iterator[Refusal]:
    """Refuse to change many users before the password was given again."""
    if counts[Verdict.CREATE] + counts[Verdict.UPDATE] > ASKED_ABOVE:
        yield from proven(scene, StepUpClass.BULK)


async def write_batch(
    client: BaseDBAsyncClient, scene: Scene, verdict: Verdict, rows: Sequence[Change], hashed: str
) -> list[tuple[int, int]]:
    """Write rows of one verdict; return (id, line) of new users. Raises `DatabaseError` when a row does not fit."""
    if verdict is Verdict.CREATE:
        made = await insert(client, scene, rows, hashed)
        written_all(len(made), len(rows))
        return made
    for group in alike(rows):
        written_all(await update(client, scene, group), len(group))
    return []


async def batches(spool: Spool, verdict: Verdict, after: int, upto: int = LAST) -> list[Change]:
    """Return the next rows to write."""
    return await asyncio.to_thread(lambda: [change_of(row) for row in spool.changes(verdict, after, upto, ROWS)])


async def _read(spool: Spool, rows: Iterator[ImportRow], tell: Tell) -> int:
    total = 0
    while taken_now := await asyncio.to_thread(spool.fill, rows, ROWS):
        total += taken_now
        tell(ImportProgress(Stage.READING, total))
    await asyncio.to_thread(spool.index)
    for column in ("id", "username_key", "email_key"):
        await asyncio.to_thread(spool.refuse_twice, column)
    return total


async def _judge(
    client: BaseDBAsyncClient, spool: Spool, judge: Judge, total: int, tell: Tell, as_read: Callable[[str], str]
) -> None:
    line = done = 0
    while rows := await asyncio.to_thread(spool.unjudged, line, ROWS):
        found = await look_up(client, judge, rows)
        found.as_read = as_read
        await asyncio.to_thread(_keep_verdicts, spool, rows, found, judge)
        line, done = rows[-1][0], done + len(rows)
        tell(ImportProgress(Stage.COMPARING, done, total))
    await asyncio.to_thread(spool.index_targets)
    for column in ("target", "look"):
        await asyncio.to_thread(spool.refuse_twice, column)
    line = done = 0
    while names := await asyncio.to_thread(spool.to_look_at, line, NAMES):
        await refuse_look_alikes(client, spool, names)
        line, done = names[-1][0], done + len(names)
        tell(ImportProgress(Stage.NAMES, done))


def _keep_verdicts(spool: Spool, rows: Sequence[Row], found: Batch, judge: Judge) -> None:
    spool.judge(judge_rows(rows, found, judge))


async def _marks(client: BaseDBAsyncClient) -> tuple[int, int]:
    """Where the audit and the users end now: who came after was not compared with."""
    newest = await AuditEvent.all().using_db(client).order_by("-seq").limit(1).values("seq")
    (row,) = await fetch(client, "SELECT max(id) AS last FROM users")
    return int(newest[0]["seq"]) if newest else 0, int(row["last"] or 0)


# The rehearsal ----------------------------------------------------------------------------------------------------


class _Rehearsed(Exception):
    """Raised to roll the rehearsal back."""


async def _rehearse(spool: Spool, actor: Actor, counts: Mapping[Verdict, int], tell: Tell) -> None:
    """Write everything, hear what the constraints say, and roll it back; again where it gave way to somebody else."""
    total = counts[Verdict.CREATE] + counts[Verdict.UPDATE]
    if not total:
        return

    async def rehearse(client: BaseDBAsyncClient) -> None:
        await lock_users(client, actor, spool, 0, LAST)
        scene = await load_scene(client, actor, None, lock=False)
        done = 0
        for verdict in (Verdict.UPDATE, Verdict.CREATE):
            line = 0
            while rows := await batches(spool, verdict, line):
                errors = await _try(client, scene, verdict, rows)
                if errors:
                    await asyncio.to_thread(spool.refuse, errors)
                line, done = rows[-1].line, done + len(rows)
                tell(ImportProgress(Stage.TRYING, done, total))
        raise _Rehearsed

    with suppress(_Rehearsed):
        await write_transaction(rehearse)


async def _try(
    client: BaseDBAsyncClient, scene: Scene, verdict: Verdict, rows: Sequence[Change]
) -> list[tuple[str, int]]:
    """What is wrong with which line. A batch that does not fit is halved until the rows that do not are alone."""
    try:
        async with in_transaction(client.connection_name) as inner:
            await write_batch(inner, scene, verdict, rows, "!")
    except (DatabaseUnavailable, Retryable, StatementTimeout):
        raise
    except TransactionEnded as error:
        # What ended it is what there is to say.
        if isinstance(error.__context__, DatabaseError):
            raise error.__context__ from None
        raise
    except DatabaseError as error:
        if len(rows) == 1:
            return [(_sentence(error, rows[0]), rows[0].line)]
        half = len(rows) // 2
        return [
            *await _try(client, scene, verdict, rows[:half]),
            *await _try(client, scene, verdict, rows[half:]),
        ]
    return []


def _sentence(error: DatabaseError, row: Change) -> str:
    from tortoise.exceptions import IntegrityError

    named = taken(error, row.touched) if isinstance(error, IntegrityError) else ()
    return " ".join(one.sentence for one in named) or error.sentence
