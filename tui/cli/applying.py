"""Running a plan of migrations from a prompt: progress on standard error, a ctrl+c that rolls back and says so."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.cli.exits import Exit, MigrateExit
from tui.cli.migrating import exit_of_listing
from tui.cli.output import block, document, line, note
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.running.events import (
    BackedUp,
    FileDone,
    FileStarted,
    Mended,
    Resumed,
    Retrying,
    StatementStarted,
    Waiting,
)
from tui.sanitise import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from models.operations.audit.anchors import Place
    from tui.cli.migrating import Looked
    from tui.migrate.running.ahead import Ahead
    from tui.migrate.running.apply import Event, RunOptions, RunOutcome, RunPlan

_EXITS: Final = {
    RunStatus.DONE: Exit.DONE,
    RunStatus.FAILED: Exit.FAILED,
    RunStatus.CANCELLED: Exit.INTERRUPTED,
    RunStatus.CHANGED: MigrateExit.CHANGED,
    RunStatus.LOCK_HELD: MigrateExit.LOCKED,
    RunStatus.UNKNOWN: Exit.UNKNOWN,
}


async def run_plan(
    planned: RunPlan,
    *,
    give_up: float,
    anchored: Place | None = None,
    options: RunOptions | None = None,
    ahead: Ahead | None = None,
) -> RunOutcome:
    """Runs it, with an audit row where the database has an audit by then. `give_up`: seconds to wait for the lock.
    `anchored`: where the anchors of that audit go. `ahead` may have a worker that waits for the run."""
    cancel = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel.set)
    try:
        tell = _once(partial(_tell, planned.action.done))
        outcome = await apply_plan(planned, tell, give_up=give_up, cancel=cancel, options=options, ahead=ahead)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    if planned.project.own_url is not None:
        # Here: the ORM is known to nobody who applies another project's files.
        from models.engines.errors import DatabaseError
        from models.operations import system_actor
        from tui.database import open_database
        from tui.migrate.running.audit import record_apply

        # A database that is not current yet has nowhere to write it, and what was applied stays applied all the same.
        with suppress(DatabaseError):
            async with await open_database(planned.project.own_url, anchored=anchored) as database:
                await record_apply(planned, outcome, system_actor(), database)
    return outcome


def _once(tell: Callable[[Event], None]) -> Callable[[Event], None]:
    """Who is waited for is reported several times a second: it is told again only when somebody else is in the way."""
    last: tuple[object, ...] = ()

    def told(event: Event) -> None:
        nonlocal last
        key = (event.on, *(holder.pid for holder in event.holders)) if isinstance(event, Waiting) else ()
        if not key or key != last:
            tell(event)
        last = key

    return told


def _tell(done: str, event: Event) -> None:
    match event:
        case FileStarted(version=version, number=number, total=total):
            note(f"{version} ({number} of {total})")
        case StatementStarted(index=index, total=total, text=text):
            note(f"  {index} of {total}: {one_line(text)[:100]}")
        case Waiting(on=on, holders=holders):
            who = "; ".join(holder.sentence() for holder in holders) or "somebody"
            note(f"  waiting for {'another upgrade' if on == 'lock' else 'a lock'}: {who}")
        case Retrying(attempt=attempt, of=of, seconds=seconds, holders=holders):
            who = "; ".join(holder.sentence() for holder in holders)
            note(
                f"  gave up waiting, nothing of it is done; try {attempt} of {of} in {seconds:.0f} s: {who}".rstrip(
                    ": "
                )
            )
        case Resumed(done=done_before, total=total):
            note(f"  {done_before} of {total} statements were done before")
        case Mended(index=index):
            note(f"  dropped {index}, which an earlier attempt had left invalid")
        case BackedUp(path=path):
            note(f"backup: {path}")
        case FileDone(version=version):
            note(f"{version} {done}")


def print_outcome(args: argparse.Namespace, outcome: RunOutcome) -> None:
    """One true sentence, and on failure the place, what the database said, and what can be done."""
    if args.json:
        document({"outcome": outcome.as_json()})
    elif outcome.is_ok:
        line(outcome.sentence)
        for said in outcome.notes:
            line(said)
    if outcome.is_ok:
        return
    note(f"shellback: {outcome.sentence}")
    if outcome.place:
        note(f"  at {outcome.place}")
    if outcome.excerpt:
        block(outcome.excerpt.text())
    for name, text in (("", outcome.message), ("detail: ", outcome.detail), ("hint: ", outcome.hint)):
        if text:
            note(f"  {name}{text}")
    for text in (outcome.next_step, *outcome.notes):
        if text:
            note(f"  {text}")


def exit_of_outcome(outcome: RunOutcome, looked: Looked) -> int:
    """The exit code. A plan that was refused ends as `status` would, where that names the reason."""
    if outcome.status is RunStatus.REFUSED:
        code = exit_of_listing(looked.listing)
        return code if code == MigrateExit.CHANGED else Exit.FAILED
    return _EXITS[outcome.status]
