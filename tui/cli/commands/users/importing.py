"""`shellback users import`: a file is tried, shown as a table, agreed to, and done exactly so."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.operations.importing import ImportProgress, Verdict
from models.operations.text import grouped
from models.permissions import Codename
from tui.cli.consent import ask, check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.cli.output import document, line, note, table
from tui.cli.plans import EXITS, forbids, note_doubt, refusal_words
from tui.cli.progress import ProgressLine
from tui.cli.proofs import with_proof
from tui.cli.running import Session, signed_in
from tui.transfer.errors import TransferError
from tui.transfer.importing import ImportRequest, apply_file, delimiter_of, plan_file, request_of, write_errors
from tui.transfer.words import changes_words, summary_words

if TYPE_CHECKING:
    import argparse

    from models.operations.importing import ImportOutcome, PlannedRow
    from tui.transfer.importing import PlannedImport

SHOWN: Final = 10
"""Rows of each verdict in the table; the document of `--json` has a hundred."""

IN_DOCUMENT: Final = 100

ASKED: Final = 10
"""Up to so many users a `y` is enough; above, the number is typed, or given with --confirm."""


def import_(args: argparse.Namespace) -> int:
    """`users import`."""
    if args.confirm is None:
        check_can_ask(args)
    request = _request(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        try:
            return await _import(args, request, session)
        except TransferError as error:
            raise Failure(error.sentence) from None

    return signed_in(args, body, Codename.USERS_VIEW, Codename.USERS_IMPORT)


def _request(args: argparse.Namespace) -> ImportRequest:
    first = request_of(Path(args.file), args.format)
    return ImportRequest(
        first.path,
        first.format,
        delimiter_of(args.delimiter),
        args.encoding,
        tuple(args.mapping),
        tuple(args.ignore),
        args.reason,
        args.ticket,
    )


async def _import(args: argparse.Namespace, request: ImportRequest, session: Session) -> int:
    if session.database.read_only and not args.dry_run:
        raise refused(f"{session.database.label} is open read-only; nothing was changed.")
    with ProgressLine() as shown:
        try:
            planned = await plan_file(request, session.who.actor, _teller(shown))
        except asyncio.CancelledError:
            shown.clear()
            note("Stopped: nothing was changed.")
            raise
    try:
        if args.errors:
            count = await write_errors(planned.plan, Path(args.errors), force=args.force)
            note(f"{grouped(count)} wrong lines written to {args.errors}.")
        if args.dry_run:
            return _show(args, planned)
        plan = planned.plan
        if plan.may_go_ahead:
            planned = replace(planned, plan=await with_proof(plan.actor, plan))
        if not planned.plan.is_allowed or not planned.plan.writes:
            return await _apply(args, planned, quiet=True)
        if not args.json:
            _print_plan(planned, note)
        _agree(args, planned)
        return await _apply(args, planned, quiet=False)
    finally:
        planned.close()


def _teller(shown: ProgressLine) -> Any:
    def tell(progress: ImportProgress) -> None:
        of = f" of {grouped(progress.total)}" if progress.total else ""
        shown.say(f"{progress.stage}: {grouped(progress.done)}{of} rows · ctrl+c stops, and changes nothing")

    return tell


def _show(args: argparse.Namespace, planned: PlannedImport) -> int:
    if args.json:
        document({"plan": _plan_json(planned)})
    else:
        _print_plan(planned, line)
    if forbids(planned.plan.refusals):
        return Exit.REFUSED
    return Exit.FAILED if planned.plan.counts[Verdict.ERROR] else Exit.DONE


def _agree(args: argparse.Namespace, planned: PlannedImport) -> None:
    writes = planned.plan.writes
    if args.confirm is not None:
        if args.confirm != writes:
            raise usage(
                f"--confirm {args.confirm} was given, and {writes} users would be written. Nothing was changed."
            )
        return
    if args.yes or writes <= ASKED:
        ask(args, f"Write {writes} users?")
        return
    sys.stderr.write(f"Type {writes} to write so many users: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != str(writes):
        raise Failure("Not agreed to; nothing was done.", Exit.FAILED, kind="declined")


async def _apply(args: argparse.Namespace, planned: PlannedImport, *, quiet: bool) -> int:
    with ProgressLine() as shown:
        running = asyncio.create_task(apply_file(planned, _teller(shown)))
        try:
            outcome = await asyncio.shield(running)
        except asyncio.CancelledError:
            # What runs is rolled back; only a COMMIT that was sent already has its own end.
            running.cancel()
            await asyncio.wait({running})
            shown.clear()
            if running.cancelled():
                note("Stopped: what was being written was rolled back. Import the file again to see what is left.")
            else:
                note(running.result().sentence)
            raise
    _report(args, planned, outcome, quiet=quiet)
    if planned.plan.counts[Verdict.ERROR]:
        return Exit.FAILED  # a rule refuses a person; this is about the file
    return int(EXITS[outcome.status])


def _report(args: argparse.Namespace, planned: PlannedImport, outcome: ImportOutcome, *, quiet: bool) -> None:
    if args.json:
        document({"plan": _plan_json(planned), "outcome": outcome.as_json()})
        if not outcome.is_ok:
            note(f"shellback: {outcome.sentence}")
    else:
        if quiet:
            _print_plan(planned, note)
        (line if outcome.is_ok else note)(outcome.sentence)
    note_doubt(outcome.status, outcome.batch_id)


def _print_plan(planned: PlannedImport, say: Any) -> None:
    for sentence in summary_words(planned):
        say(sentence)
    for refusal in planned.plan.refusals:
        say(refusal_words(refusal))
    rows = [
        row for verdict in (Verdict.ERROR, Verdict.CREATE, Verdict.UPDATE) for row in _sample(planned, verdict, SHOWN)
    ]
    if rows and say is line:
        table(("LINE", "WHAT", "USERNAME", "CHANGES"), [_cells(row) for row in rows], right=("LINE",))
    else:
        for row in rows:
            number, what, label, changes = _cells(row)
            say(f"  line {number}: {what} {label}: {changes}")


def _sample(planned: PlannedImport, verdict: Verdict, count: int) -> list[PlannedRow]:
    return planned.plan.spool.sample(verdict, 0, count)


def _cells(row: PlannedRow) -> tuple[int, str, str, str]:
    label = row.label if row.target is None else f"{row.label} #{row.target}"
    return row.line, str(row.verdict), label, row.error or changes_words(row)


def _plan_json(planned: PlannedImport) -> dict[str, Any]:
    return {
        **planned.plan.as_json(),
        "columns": dict(planned.columns.fields),
        "not_imported": list(planned.columns.own),
        "ignored": list(planned.columns.ignored),
        "rows": [
            {
                "line": row.line,
                "verdict": str(row.verdict),
                "id": row.target,
                "username": row.label,
                "changes": {name: list(values) for name, values in row.changes.items()},
                "error": row.error or None,
            }
            for verdict in (Verdict.ERROR, Verdict.CREATE, Verdict.UPDATE)
            for row in _sample(planned, verdict, IN_DOCUMENT)
        ],
    }
