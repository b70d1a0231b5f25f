"""Retention: the oldest rows of the audit move into a file, and the chain goes on without them.

The file is written, brought to the disk, read again and its chain checked; only then, in one transaction, the database
notes the archive, records who made it, and lets go of exactly those rows. A trail too long for one transaction is let
go in parts afterwards, under that note: interrupted, the rest is still there, still checked, and goes the next time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from models import AuditArchive, AuditEvent
from models.clock import database_now
from models.engines.errors import DatabaseError
from models.operations.apply import apply
from models.operations.audit.anchors import leave_anchor
from models.operations.audit.archive_file import ArchiveFile, BadArchive, FileFacts, line_of, read_archive
from models.operations.audit.row import GENESIS
from models.operations.context import Scene, Stopped, Written, change, load_scene
from models.operations.guards import actor_may, enforce, proven
from models.operations.plan import Action, Outcome, Plan, Refusal, RefusalCode, Status, Target
from models.operations.sign_in.proofs import StepUpClass
from models.operations.text import clipped, grouped
from models.operations.transactions import connection, write_transaction
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import WriteContext
    from models.operations.plan import Actor

READ_AT_ONCE: Final = 1000
LET_GO_AT_ONCE: Final = 50_000
"""Rows that one transaction deletes: on SQLite everybody waits for it."""


@dataclass(frozen=True, slots=True)
class ArchiveProgress:
    """How far it is: `phase` is "written", "read again" or "let go", and so many rows of so many are."""

    phase: str
    rows: int
    total: int


@dataclass(frozen=True, slots=True)
class ArchiveStep:
    """What to archive: the rows after `before_seq`, which has the hash `before`, up to `last_seq`."""

    file: ArchiveFile = field(repr=False)
    before_seq: int
    before: str
    last_seq: int
    tell: Callable[[ArchiveProgress], object] = field(repr=False, default=lambda _: None)
    facts: FileFacts | None = None

    @property
    def counts_superusers(self) -> bool:
        """Nobody's rights change."""
        return False

    async def prepare(self) -> ArchiveStep:
        """Write the file and read it again, or take the one that was interrupted behind that."""
        try:
            facts = await asyncio.to_thread(self.file.found)
            if facts is None:
                facts = await self._write_file()
        except (OSError, BadArchive) as error:
            raise Stopped(Status.ERROR, f"Nothing was archived. {_why(error, self.file.path)}") from error
        if (facts.first_seq, facts.before) != (self.before_seq + 1, self.before) or facts.last_seq > self.last_seq:
            other = f"{self.file.path} is there already and holds other rows: name another file."
            raise Stopped(Status.ERROR, f"Nothing was archived. {other}")
        return replace(self, facts=facts, last_seq=facts.last_seq)

    async def _write_file(self) -> FileFacts:
        total = self.last_seq - self.before_seq
        seq, done = self.before_seq, 0
        while seq < self.last_seq:
            part = AuditEvent.filter(seq__gt=seq, seq__lte=self.last_seq).order_by("seq").limit(READ_AT_ONCE)
            rows = await part.values()
            if not rows:
                raise BadArchive(f"Row {seq + 1} is missing. Check the trail first: shellback audit verify.")
            await asyncio.to_thread(self._add, rows)
            seq, done = rows[-1]["seq"], done + len(rows)
            self.tell(ArchiveProgress("written", done, total))
        facts = await asyncio.to_thread(
            self.file.settle, lambda rows: self.tell(ArchiveProgress("read again", rows, total))
        )
        if facts.last_seq != self.last_seq:
            raise BadArchive("The trail has a gap there. Check it first: shellback audit verify.")
        await asyncio.to_thread(self.file.name)
        return facts

    def _add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.file.write([line_of(row) for row in rows])

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Note the archive and let go of its rows, or of the first of them."""
        client, facts = context.connection, self.facts
        assert facts is not None
        enforce(_refusals(context.scene), context.scene)
        before_seq, before = await _archived_to(client)
        held = await AuditEvent.get_or_none(seq=facts.last_seq, using_db=client)
        same = held is not None and held.hash == facts.last_hash
        if (before_seq, before) != (self.before_seq, self.before) or not same:
            raise Stopped(Status.CONFLICT, "Nothing was archived: the trail was archived by somebody else meanwhile.")
        await AuditArchive.create(
            using_db=client,
            first_seq=facts.first_seq,
            last_seq=facts.last_seq,
            last_hash=facts.last_hash,
            rows=facts.rows,
            file_name=clipped(self.file.path.name, 255),
            file_sha256=facts.sha256,
            made_at=await database_now(client),
            actor_label=clipped(plan.actor.label, 100),
        )
        at_once = min(facts.last_seq, facts.first_seq + LET_GO_AT_ONCE - 1)
        await _let_go(client, first=facts.first_seq, last=at_once)
        many = f"{grouped(facts.rows)} row{'s' * (facts.rows != 1)}"
        return Written(
            plan.target,
            f"{many}, up to sequence {facts.last_seq}, are in {self.file.path} now. SHA-256 {facts.sha256}.",
            (change("archived_to", self.before_seq, facts.last_seq),),
            None,
            None,
            meta={
                "first_seq": facts.first_seq,
                "last_seq": facts.last_seq,
                "last_hash": facts.last_hash,
                "rows": facts.rows,
                "file": clipped(str(self.file.path), 500),
                "sha256": facts.sha256,
            },
        )


async def plan_archive(
    actor: Actor,
    before: datetime,
    path: Path,
    *,
    reason: str = "",
    ticket: str = "",
    progress: Callable[[ArchiveProgress], object] | None = None,
) -> Plan:
    """Plan to move every row into a file that was written before a moment, but for none younger than an older one.

    The plan has no change when there is none. Raises `DatabaseError`.
    """
    client = connection()
    scene = await load_scene(client, actor, None, lock=False)
    seq, digest = await _archived_to(client)
    last = await _last_before(before, seq)
    rows = max(0, last - seq)
    return Plan(
        Action.ARCHIVE_AUDIT,
        actor,
        Target("audit", None, f"rows {seq + 1} to {last}" if rows else "no row"),
        ArchiveStep(ArchiveFile(path), seq, digest, last, progress or (lambda _: None)),
        (change("archived_to", seq, last),) if rows else (),
        refusals=tuple(_refusals(scene)),
        effects=(
            f"{grouped(rows)} rows up to {before:%Y-%m-%d %H:%M} UTC move into {path}",
            "they can be checked there, and are no longer found here: keep the file",
        )
        if rows
        else (),
        irreversible=("rows that were archived are not put back into the table",) if rows else (),
        reason=reason,
        ticket=ticket,
    )


async def run_archive(plan: Plan) -> Outcome:
    """Apply a plan of `plan_archive`, let go of what is left, and leave an anchor.

    Stopped before the transaction, nothing of it stays; stopped within it or later, the file does: planned again with
    it, what is missing is done.
    """
    step = plan.step
    assert isinstance(step, ArchiveStep)
    outcome: Outcome | None = None
    try:
        outcome = await apply(plan)
    finally:
        failed = outcome is not None and outcome.status not in {Status.OK, Status.UNKNOWN}
        await asyncio.shield(asyncio.to_thread(step.file.abandon, named=failed))
    if outcome.status is Status.OK:
        await leave_anchor("archive")
        left = await finish_archives(step.tell)
        if left:
            rest = f" {grouped(left)} of them are still here too, and go with the next archive."
            outcome = replace(outcome, sentence=outcome.sentence + rest)
    return outcome


async def finish_archives(tell: Callable[[ArchiveProgress], object] = lambda _: None) -> int:
    """Let go of rows that an archive holds and that are still in the table; return how many are left, when a database
    that stops answering keeps it from ending."""
    last, _ = await _archived_to(connection())
    first = await AuditEvent.filter(seq__lte=last).order_by("seq").limit(1).values_list("seq", flat=True)
    if not first:
        return 0
    start = seq = int(str(first[0]))
    while seq <= last:
        end = min(last, seq + LET_GO_AT_ONCE - 1)
        try:
            await write_transaction(partial(_let_go, first=seq, last=end))
        except DatabaseError:
            return last - seq + 1
        seq = end + 1
        tell(ArchiveProgress("let go", seq - start, last - start + 1))
    return 0


async def check_archive(path: Path, tell: Callable[[int], object] | None = None) -> tuple[FileFacts, str]:
    """Read an archive's file and compare it with what the database knows of it; return its facts and what is the
    matter, nothing when all is well. Raises `BadArchive`, OSError and `DatabaseError`."""
    facts = await asyncio.to_thread(read_archive, path, tell)
    known = await AuditArchive.get_or_none(last_seq=facts.last_seq)
    if known is None:
        return facts, f"The database knows of no archive that ends with row {facts.last_seq}."
    if (known.first_seq, known.rows, known.last_hash) != (facts.first_seq, facts.rows, facts.last_hash):
        return facts, f"The database has rows {known.first_seq} to {known.last_seq} of it, with another last hash."
    if known.file_sha256 != facts.sha256:
        return facts, "Its chain holds, but it is not byte for byte the file that was written."
    return facts, ""


def _refusals(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene, Codename.AUDIT_EXPORT)
    if scene.actor is not None and not scene.actor.account.is_superuser:
        yield Refusal(RefusalCode.SUPERUSER_ONLY, "Only a superuser may archive the audit.")
    yield from proven(scene, StepUpClass.EXPORT)


async def _archived_to(client: BaseDBAsyncClient) -> tuple[int, str]:
    last = AuditArchive.all().using_db(client).order_by("-last_seq").limit(1)
    found = await last.values_list("last_seq", "last_hash")
    return (int(found[0][0]), str(found[0][1])) if found else (0, GENESIS)


async def _last_before(before: datetime, archived: int) -> int:
    """The last row before the first one that is too young. A clock that was set back for a while changes nothing."""
    young = await AuditEvent.filter(at__gte=before, seq__gt=archived).order_by("at", "id").limit(1).values_list("seq")
    if young:
        return int(young[0][0]) - 1
    newest = await AuditEvent.filter(seq__gt=archived).order_by("-seq").limit(1).values_list("seq")
    return int(newest[0][0]) if newest else archived


async def _let_go(client: BaseDBAsyncClient, *, first: int, last: int) -> None:
    """Delete rows of the trail; every one of them or none."""
    number = await AuditEvent.filter(seq__gte=first, seq__lte=last).using_db(client).delete()
    if number != last - first + 1:
        raise Stopped(
            Status.ERROR,
            "Nothing was archived: the database did not let go of exactly those rows. Check the trail first.",
        )


def _why(error: OSError | BadArchive, path: Path) -> str:
    if isinstance(error, BadArchive):
        return error.sentence
    if isinstance(error, FileExistsError):
        return f"{path} was made by somebody else meanwhile, and is left alone."
    return f"{path} cannot be written ({error.strerror or type(error).__name__})."
