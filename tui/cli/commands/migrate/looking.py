"""`shellback migrate status|plan`: looking. Each other verb is in a module of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tui.cli.exits import Exit, MigrateExit
from tui.cli.migrating import BLOCKING, Looked, exit_of_listing, look
from tui.cli.output import document, line, note, table
from tui.migrate.past.chronicle import took_words, when_words, who_words
from tui.migrate.plans.planning import plan_apply, plan_next

if TYPE_CHECKING:
    import argparse

    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.states import Entry


def status(args: argparse.Namespace) -> int:
    """`migrate status`."""
    looked = asyncio.run(look(args))
    listing = looked.listing
    if args.json:
        document(listing_json(looked))
    else:
        line(f"{looked.project.name}, app {listing.app}, on {looked.database}")
        table(
            ("STATE", "NUMBER", "NAME", "FLAGS", "APPLIED", "TOOK", "BY"),
            map(_status_row, listing.entries),
            right=("NUMBER",),
        )
    for problem in listing.problems:
        note(f"{problem.state}: {problem.version}: {problem.sentence}")
    if looked.past is not None and looked.past.unfinished:
        note(f"{looked.past.unfinished[0].sentence} See  shellback migrate recover.")
    return exit_of_listing(listing)


def _status_row(entry: Entry) -> tuple[object, ...]:
    ran = (when_words(entry.record), took_words(entry.record), who_words(entry.record)) if entry.is_applied else ()
    return (
        entry.state,
        "" if entry.number is None else entry.number,
        entry.name,
        ", ".join(entry.flags),
        *(ran or ("", "", "")),
    )


def plan(args: argparse.Namespace) -> int:
    """`migrate plan`."""
    looked = asyncio.run(look(args))
    planned = plan_of(args, looked)
    print_plan(args, looked, planned)
    return exit_of_plan(looked, planned)


def plan_of(args: argparse.Namespace, looked: Looked) -> RunPlan:
    """What `--to` and `--next` choose of what is pending."""
    if args.next:
        return plan_next(
            looked.project,
            looked.listing,
            writable=looked.writable,
            read_only=looked.why_read_only,
            create=looked.create,
        )
    return plan_apply(
        looked.project,
        looked.listing,
        args.to,
        writable=looked.writable,
        read_only=looked.why_read_only,
        create=looked.create,
    )


def print_plan(args: argparse.Namespace, looked: Looked, planned: RunPlan) -> None:
    """The plan as text or as a document."""
    if args.json:
        document({"plan": {**planned.as_json(), "database": looked.database}})
        return
    if planned.files:
        line(f"{planned.target} on {looked.database}")
    for file in planned.files:
        facts = [
            *(["not in a transaction"] if not file.transactional else []),
            *(["a program"] if file.dynamic else []),
            *(["cannot be taken back"] if file.irreversible else []),
        ]
        line(f"  {file.version}{'  (' + ', '.join(facts) + ')' if facts else ''}")
    for caution in planned.cautions:
        line(f"  mind: {caution.version}: {caution.sentence}")
    for refusal in planned.refusals:
        line(refusal if nothing_to_do(looked, planned) else f"refused: {refusal}")


def nothing_to_do(looked: Looked, planned: RunPlan) -> bool:
    """Whether the only reason against the plan is that all is done."""
    return not looked.listing.pending and not looked.listing.ahead and len(planned.refusals) == 1


def exit_of_plan(looked: Looked, planned: RunPlan) -> int:
    """What `plan`, and a dry run, ends with."""
    if nothing_to_do(looked, planned):
        return exit_of_listing(looked.listing)
    if planned.is_ok:
        return MigrateExit.PENDING
    return MigrateExit.CHANGED if exit_of_listing(looked.listing) == MigrateExit.CHANGED else Exit.FAILED


def listing_json(looked: Looked) -> dict[str, Any]:
    """The listing as the documents have it."""
    listing = looked.listing
    return {
        "project": looked.project.name,
        "app": listing.app,
        "database": looked.database,
        "migrations": [_entry_json(entry) for entry in listing.entries],
        "pending": [entry.version for entry in listing.pending],
        "ahead": list(listing.ahead),
        "problems": [
            {
                "state": str(problem.state),
                "version": problem.version,
                "sentence": problem.sentence,
                "blocks": problem.blocks or problem.state in BLOCKING,
            }
            for problem in listing.problems
        ],
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    record = entry.record if entry.is_applied else None
    return {
        "version": entry.version,
        "number": entry.number,
        "name": entry.name,
        "state": str(entry.state),
        "flags": [str(flag) for flag in entry.flags],
        "transactional": entry.transactional,
        "note": entry.note,
        "line": entry.line,
        "applied_at": record.started_at.isoformat() if record is not None and record.started_at is not None else None,
        "took_ms": record.took_ms if record is not None else None,
        "by": record.actor or None if record is not None else None,
    }
