"""What a run writes down: a row of our own table for each file, and the run's journal for the case of a crash.

    log = await Log.open(work.session, work.rows, work.order, app)
    await log.begin(version, source, transactional=True)     before the first statement
    await log.step(1, 3, text)  ...  await log.step(1, 3, text, is_done=True)
    await log.write()                                        inside the file's transaction, after Aerich's row
    log.committed()                                          after COMMIT
    log.again()                                              before another try, after the rollback
    await log.fail("failed")                                 instead of the two, after the rollback
    log.close("done")

The row of a file in a transaction is written in that transaction: it is there exactly when the file is. A file without
one has a row "running" from before its first statement, brought up to date around each, so that another host sees how
far it came. Where the table cannot be had (no privilege), the same goes to a local file and `said` says so.
Nothing here raises: a migration does not stop for its log.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from .journal import Journal
from .log_place import LogPlace
from .log_row import LogRow, short


class Log:
    """The log of one run. `said`: where rows went that the database did not take, in a sentence; empty when it did."""

    def __init__(self, rows: Any, order: dict[str, Any], app: str) -> None:
        values = order.get("log") or {}
        self._session = rows
        self._place = LogPlace(rows, Path(values["local"]) if values.get("local") else None)
        self._journal = Journal(order.get("journal"))
        self._app = app
        self._run = str(values.get("run") or "")
        self._actor = short(values.get("actor"), 255)
        self._reason = short(values.get("reason"), 2000)
        self._action = str(order.get("action") or "apply")
        self._row: LogRow | None = None
        self._uncommitted: list[LogRow] = []

    @classmethod
    async def open(cls, session: Any, rows: Any, order: dict[str, Any], app: str) -> Log:
        """The log of a run with this order. `session` runs the files, `rows` has Aerich's table.

        Of the order: `log` {run, actor, reason, local, project} and `journal`, the path; without them nothing is kept.
        """
        log = cls(rows, order, app)
        facts: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            facts = await session.facts()
        log._place.database = str(facts.get("label") or "")
        log._journal.write(
            "planned",
            sync=True,
            run=log._run,
            action=log._action,
            app=app,
            project=(order.get("log") or {}).get("project"),
            actor=log._actor,
            pid=os.getpid(),
            host=socket.gethostname(),
            versions=[version for version, _ in order.get("files") or ()],
            database=log._place.database,
            backend=facts.get("pid"),
        )
        return log

    @property
    def said(self) -> str:
        """Where rows went that the database did not take, or what could not be written; empty when all is well."""
        return " ".join(filter(None, (self._place.said, self._journal.fault)))

    def backed_up(self, path: str) -> None:
        """A backup was made before the first file."""
        self._journal.write("backed_up", sync=True, path=path)

    async def note(self, what: str) -> None:
        """A row by itself, of something that is no run of a file and is done by now."""
        row = LogRow(self._run, short(self._app, 100), short(what, 255), self._action, self._actor, self._reason)
        row.transactional = False
        row.end("done")
        row.took_ms = None
        await self._place.save(row)

    async def begin(self, version: str, source: bytes, *, transactional: bool, done: int = 0) -> None:
        """A file begins. `done`: statements that an earlier run did already, for a file that is resumed."""
        row = LogRow(self._run, short(self._app, 100), short(version, 255), self._action, self._actor, self._reason).of(
            source
        )
        row.transactional = transactional
        row.begun = row.done = done
        self._row = row
        self._journal.write(
            "begun",
            sync=not transactional,
            version=version,
            sha256=row.source_sha256,
            transactional=transactional,
            done=done,
        )
        if not transactional:
            await self._place.save(row)

    async def step(self, index: int, total: int, text: str, *, is_done: bool = False) -> None:
        """A statement of the script that runs is sent next, or came back. Counts from 1 in that script."""
        row = self._row
        if row is None:
            return
        if not is_done:
            row.send(index, total, text)
        if row.transactional:
            if is_done:
                row.came_back(index)
            return
        within = self._place.is_in_transaction
        if is_done:
            if within:
                # A transaction of the file's own: what it did counts once it is committed.
                return
            row.came_back(index)
        self._journal.write(
            "statement", sync=True, version=row.version, index=row.begun, total=row.statements, is_done=is_done
        )
        if not within:
            await self._place.save(row)

    async def write(self, outcome: str = "done") -> None:
        """The file's row: in its transaction, right before COMMIT, or for a file without one the end of its row."""
        row = self._row
        if row is None:
            return
        row.end(outcome)
        if row.transactional and not self._place.is_in_transaction:
            # It was ended under us: COMMIT tells, and the row must not say "done" by itself.
            self._uncommitted.append(row)
            self._row = None
            return
        await self._place.save(row, with_aerich=self._action in ("apply", "stamp"))
        self._uncommitted.append(row)
        self._row = None
        self._journal.write("committing", version=row.version)

    def committed(self) -> None:
        """What was written since the last COMMIT is there now."""
        for row in self._uncommitted:
            if row.transactional and row.is_local:
                self._place.note(row)
            self._journal.write("done", version=row.version)
        self._place.committed()
        self._uncommitted = []

    def again(self) -> None:
        """What began since the last COMMIT was rolled back, and is tried again: only how it ends is written."""
        self._row, self._uncommitted = None, []
        self._place.rolled_back()

    async def fail(self, outcome: str) -> None:
        """The file that runs did not end: after its rollback it leaves a row, and so do those rolled back with it.

        `outcome`: "failed", "cancelled", "partial" when what it did is there all the same, or "unknown" when the
        connection was lost at COMMIT. A file without a transaction that came further than nothing is "partial".
        """
        with contextlib.suppress(Exception):
            # A file without a transaction may have left its own open.
            await self._session.rollback()
        rows, self._uncommitted = self._uncommitted, []
        self._place.rolled_back()
        for row in rows:
            row.row, row.outcome = None, outcome if outcome in ("unknown", "partial") else "rolled back"
        if self._row is not None:
            partial = not self._row.transactional and self._row.begun > 0
            self._row.end("partial" if partial else outcome)
            rows, self._row = [*rows, self._row], None
        for row in rows:
            row.aerich_id = None
            await self._place.save(row)
            if row.is_local and row.transactional:
                self._place.note(row)
            self._journal.write("failed", version=row.version, outcome=row.outcome)

    def close(self, outcome: str) -> None:
        """The run is over, and said so."""
        self._journal.write("finished", sync=True, outcome=outcome)
        self._journal.close()
