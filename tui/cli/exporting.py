"""An export from a prompt: the password is asked for where it is missing, progress is told, and how it ended is one of
the exits.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from models.operations.context import Stopped
from models.operations.text import grouped
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused
from tui.cli.output import document, note
from tui.cli.progress import ProgressLine
from tui.cli.proofs import prove
from tui.progress import pace_words, rate_of
from tui.transfer.errors import TransferError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable, Mapping

    from tui.cli.running import Session
    from tui.transfer.recorded import Exported, ExportProgress
    from tui.transfer.sheets import Format

    Start = Callable[[Callable[[ExportProgress], object]], Awaitable[Exported]]


async def exported(session: Session, export: Callable[[], Awaitable[int]]) -> int:
    """Run `export`, once more when its proof was all that was missing; return its exit status. Raises `Failure`."""
    try:
        try:
            return await export()
        except Stopped as stopped:
            if not await prove(session.who.actor, stopped.refusals):
                raise
        return await export()
    except TransferError as error:
        raise Failure(error.sentence) from None
    except Stopped as stopped:
        raise refused(stopped.sentence) from None
    except asyncio.CancelledError:
        note("Stopped: nothing was exported, and no file is left.")
        raise


async def export_told(
    args: argparse.Namespace,
    session: Session,
    start: Start,
    thing: str,
    form: Format,
    more: Callable[[], Mapping[str, Any]],
) -> int:
    """Run an export with its progress, pour what goes to a pipe, and say what went out.

    `start` takes whom to tell. `thing` is one row, in a word; `more` gives what the document has beside what all have.
    Raises `Failure` on a database that is read-only, and what the export raises.
    """
    if session.database.read_only:
        raise refused(f"{session.database.label} is open read-only, and an export has to be recorded there.")

    def pace(rows: int, seconds: float) -> str:
        return " · ".join(pace_words(f"{grouped(rows)} {thing}{'s' * (rows != 1)}", rate=rate_of(rows, seconds)))

    with ProgressLine() as line:
        done = await start(lambda told: line.say(f"{pace(told.rows, told.seconds)} · ctrl+c stops, and leaves no file"))
    if done.spool is not None:
        try:
            sys.stdout.flush()
            await asyncio.to_thread(done.spool.pour, sys.stdout.buffer)
        finally:
            done.spool.abandon()
    if args.json:
        told = {"rows": done.rows, "bytes": done.size, "path": done.path, "format": str(form)}
        document({"exported": {**told, **more(), "audit_seq": done.seq}})
    elif done.spool is None or sys.stderr.isatty():
        where = f" to {done.path}" if done.spool is None else ""
        note(f"Exported {pace(done.rows, done.seconds)}{where}. Recorded as #{done.seq}.")
    return Exit.DONE
