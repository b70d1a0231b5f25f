"""`shellback users bulk`: one verb on many users, frozen, shown, agreed to, and done in batches that can go on."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.operations.bulk import (
    JournalError,
    TooMany,
    apply_bulk,
    export_results,
    freeze_ids,
    job_path,
    pending_jobs,
    plan_bulk,
    resume,
)
from models.operations.bulk.verbs import VERBS, GrantRole, RevokeRole, SetField
from models.operations.text import counted, grouped
from models.permissions import Codename
from tui.browse.lists.selection import freeze
from tui.browse.search.query import parse
from tui.cli.bulks import exit_of, exit_of_plan, print_outcome, print_plan, progress_words
from tui.cli.consent import agreed, answered
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.cli.fields import read_values
from tui.cli.ids import read_ids
from tui.cli.output import document, line, note, table
from tui.cli.plans import note_doubt
from tui.cli.progress import ProgressLine
from tui.cli.proofs import with_proof
from tui.cli.running import Session, signed_in
from tui.sanitise import sanitise
from tui.settings import state_dir
from tui.until import read_until

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from models.operations.bulk import BulkOutcome, BulkPlan, Selection, Verb

JOBS = "bulk"
"""The directory, in that of the state, where the journals of unfinished bulks are."""


def bulk(args: argparse.Namespace) -> int:
    """`users bulk`."""
    if args.jobs:
        return _list_jobs(args)
    verb = _verb(args)
    ids = _ids(args)
    if args.results and Path(args.results).exists():
        raise usage(f"{args.results} is there already: give --results another name")

    async def body(args: argparse.Namespace, session: Session) -> int:
        if session.database.read_only and not args.dry_run:
            raise refused(f"{session.database.label} is open read-only; nothing was changed.")
        try:
            return await _bulk(args, session, verb, ids)
        except (TooMany, JournalError) as error:
            raise Failure(error.sentence) from None
        except OSError as error:
            raise Failure(f"{error.filename or 'A file'}: {error.strerror or type(error).__name__}.") from None

    return signed_in(args, body, Codename.USERS_VIEW)


def _verb(args: argparse.Namespace) -> Verb | None:
    """The verb that was typed, with what it takes; None for a bulk that goes on."""
    if args.resume is not None:
        if args.verb or args.role or args.until or args.value or args.reason or args.ticket:
            raise usage("--resume goes on with what was begun: it takes no verb, and nothing for one")
        return None
    if args.verb is None:
        raise usage(f"Which verb? One of {', '.join(VERBS)}")
    for given, option, takes in (
        (args.role, "--role", {"grant-role", "revoke-role"}),
        (args.until, "--until", {"grant-role"}),
        (args.value, "--set", {"set"}),
    ):
        if given is not None and args.verb not in takes:
            raise usage(f"{option} does not belong to {args.verb}")
        if given is None and args.verb in takes and option != "--until":
            raise usage(f"{args.verb} needs {option}")
    if args.verb == "grant-role":
        try:
            return GrantRole(args.role, read_until(args.until or "", datetime.now(UTC)))
        except ValueError as error:
            raise usage(f"--until: {error}") from None
    if args.verb == "revoke-role":
        return RevokeRole(args.role)
    if args.verb == "set":
        ((field, value),) = read_values([args.value]).items()
        return SetField(field, value)  # type: ignore[arg-type]
    return VERBS[args.verb]()  # type: ignore[call-arg]


def _ids(args: argparse.Namespace) -> list[int] | None:
    """The ids that were given, or None for a query and for a bulk that goes on."""
    if args.ids is None and args.ids_file is None:
        if args.query is None and args.resume is None:
            raise usage("Whom? Give --query QUERY, --ids IDS or --ids-file FILE")
        return None
    if args.ids == "-" and not (args.yes or args.dry_run or args.confirm is not None):
        raise usage("Standard input holds the ids, so that nothing can be asked there: add --confirm N (or --dry-run)")
    return read_ids(args.ids, args.ids_file)


async def _bulk(args: argparse.Namespace, session: Session, verb: Verb | None, ids: list[int] | None) -> int:
    return await carry_out(args, await _plan(args, session, verb, ids))


async def carry_out(args: argparse.Namespace, plan: BulkPlan) -> int:
    """Do what `plan` says, or only print it (`--dry-run`), and say what became of it. Returns the exit code."""
    if args.dry_run:
        if args.json:
            document({"plan": plan.as_json()})
        else:
            print_plan(plan)
        return exit_of_plan(plan)
    plan = await with_proof(plan.actor, plan)
    if plan.is_allowed and plan.is_empty and not plan.done:
        return _nobody(args, plan)
    if plan.is_allowed and not plan.is_empty:
        _agree(args, plan)
    journal = None
    if not plan.is_atomic:
        journal = _journal(args, plan)
    outcome = await _apply(plan, journal)
    _report(args, outcome)
    if args.results:
        count = await export_results(outcome, Path(args.results), sanitise)
        note(f"{grouped(count)} results written to {args.results}.")
    if journal is not None and outcome.is_resumable:
        note(f"Go on with: shellback users bulk --resume {plan.op_id}")
    return exit_of(outcome)


async def _plan(args: argparse.Namespace, session: Session, verb: Verb | None, ids: list[int] | None) -> BulkPlan:
    actor = session.who.actor
    with ProgressLine() as shown:

        def looked(part: float) -> None:
            shown.say(f"looking at everybody: {part:.0%} · ctrl+c stops, and changes nothing")

        if verb is None:
            return await resume(_job(args.resume), actor, progress=looked)
        selection = await _selection(args, ids, shown)
        return await plan_bulk(actor, selection, verb, reason=args.reason, ticket=args.ticket, progress=looked)


async def _selection(args: argparse.Namespace, ids: list[int] | None, shown: ProgressLine) -> Selection:
    if ids is not None:
        return await freeze_ids(ids, words=f"{counted(len(set(ids)), 'user')} by id")

    def found(number: int, part: float | None) -> None:
        of = f", searched {part:.0%}" if part is not None else ""
        shown.say(f"found {counted(number, 'user')}{of} · ctrl+c stops, and changes nothing")

    return await freeze(parse(args.query), progress=found)


def _nobody(args: argparse.Namespace, plan: BulkPlan) -> int:
    if args.json:
        document({"plan": plan.as_json()})
    else:
        print_plan(plan, note)
    note("Nobody to change; nothing was done.")
    return exit_of_plan(plan)


def _agree(args: argparse.Namespace, plan: BulkPlan) -> None:
    """Raises `Failure` unless exactly this many users being changed is agreed to."""
    changed = counted(plan.changing, "user")
    if args.confirm is not None:
        if args.confirm != plan.changing:
            raise usage(f"--confirm {args.confirm} was given, and {changed} would be changed. Nothing was.")
        return
    small = plan.confirmation == "y"
    if args.yes and small:
        return
    print_plan(plan, note)
    if args.yes:
        raise usage(f"{changed} would be changed: --yes is not enough, add --confirm {plan.changing}")
    question = f"{plan.verb.words()} for {changed}?"
    if not (
        agreed(question) if small else answered(f"{question} Type {plan.confirmation} to agree:") == plan.confirmation
    ):
        raise Failure("Not agreed to; nothing was done.", Exit.FAILED, kind="declined")


async def _apply(plan: BulkPlan, journal: Path | None) -> BulkOutcome:
    """Apply. A ctrl+c, or SIGTERM, stops between two batches; one transaction is waited for to its end."""
    cancel = asyncio.Event()
    with ProgressLine() as shown, _stopped_by(cancel):
        if journal is not None:
            note(f"Should it be interrupted: shellback users bulk --resume {plan.op_id}")
        return await apply_bulk(
            plan, progress=lambda progress: shown.say(progress_words(progress)), cancel=cancel, journal=journal
        )


@contextmanager
def _stopped_by(cancel: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, cancel.set)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _report(args: argparse.Namespace, outcome: BulkOutcome) -> None:
    if not args.json:
        print_outcome(outcome)
        return
    document({"outcome": outcome.as_json()})
    if not outcome.is_ok:
        note(f"shellback: {outcome.sentence}")
        note_doubt(outcome.status, outcome.plan.op_id)


def _directory() -> Path:
    return state_dir() / JOBS


def _journal(args: argparse.Namespace, plan: BulkPlan) -> Path:
    if args.resume is not None:
        return _job(args.resume)
    directory = _directory()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return job_path(directory, plan.op_id)


def _job(text: str) -> Path:
    """The journal of a number, or the file itself."""
    kept = [job.path for job in pending_jobs(_directory()) if str(job.op_id) == text]
    path = kept[0] if kept else Path(text)
    if not path.is_file():
        raise JournalError(f"There is no interrupted bulk {text}: shellback users bulk --jobs")
    return path


def _list_jobs(args: argparse.Namespace) -> int:
    jobs = pending_jobs(_directory())
    if args.json:
        told = [
            {
                "op_id": str(job.op_id),
                "verb": job.verb,
                "selected": job.words,
                "done": job.done,
                "total": job.total,
                "actor": job.actor_label,
                "begun_at": job.begun_at.isoformat(),
                "running": job.is_running,
            }
            for job in jobs
        ]
        document({"jobs": told})
    elif jobs:
        table(
            ("JOB", "VERB", "SELECTED", "DONE", "OF", "BY", "BEGUN"),
            [
                (
                    job.op_id,
                    job.verb + (" (running)" if job.is_running else ""),
                    job.words,
                    grouped(job.done),
                    grouped(job.total),
                    job.actor_label,
                    f"{job.begun_at:%Y-%m-%d %H:%M} UTC",
                )
                for job in jobs
            ],
            right=("DONE", "OF"),
        )
    else:
        line("No bulk was interrupted.")
    return Exit.DONE
