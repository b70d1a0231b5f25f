"""`shellback migrate recover`: what runs that died left behind, and one of the ways on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.cli.applying import exit_of_outcome, print_outcome, run_plan
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import look, trust
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.cli.typing_name import ask_before
from tui.migrate.past.settling import NotSettled, mark_settled, settle
from tui.migrate.past.ways import Way, plan_way, way_words

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.past.recovery import Unfinished


def recover(args: argparse.Namespace) -> int:
    """`migrate recover`."""
    if args.way:
        check_can_ask(args)
    looked = asyncio.run(look(args))
    unfinished = looked.past.unfinished if looked.past is not None else ()
    if not args.way:
        return _tell(args, unfinished)
    way = Way(args.way)
    found = _chosen(args, looked, unfinished, way)
    if not looked.writable and way is not Way.SEEN:
        raise Failure(f"The database takes no changes. {looked.why_read_only}".strip(), Exit.FAILED)
    if way in (Way.END, Way.RESTORE, Way.SEEN):
        return _settle(args, looked, found, way)
    return _run(args, looked, found, way)


def _tell(args: argparse.Namespace, unfinished: tuple[Unfinished, ...]) -> int:
    pressing = any(found.is_pressing for found in unfinished)
    if args.json:
        document({"unfinished": [found.as_json() for found in unfinished]})
    elif not unfinished:
        line("Nothing was cut off: there is nothing to recover.")
    else:
        for found in unfinished:
            line(f"{found.verdict}: {found.sentence}")
            if found.statement:
                line(f"  {f'{found.begun}: ' if found.begun else ''}{found.statement}")
            if found.tell:
                line(f"  {found.tell}")
            for way in found.ways:
                line(f"  --{way:<13} {way_words(found, way)}")
    return MigrateExit.CHANGED if pressing else Exit.DONE


def _chosen(args: argparse.Namespace, looked: Looked, unfinished: tuple[Unfinished, ...], way: Way) -> Unfinished:
    """The one that the number and the way mean. Raises `Failure`."""
    fitting = [found for found in unfinished if way in found.ways]
    if args.number:
        versions = {entry.version for entry in looked.listing.find(args.number)}
        fitting = [found for found in fitting if found.version in versions]
    if not fitting:
        about = f" for {args.number}" if args.number else ""
        raise Failure(f"--{way} is no way on{about}: see  shellback migrate recover.", Exit.FAILED, kind="no_way")
    if len(fitting) > 1 and way is not Way.SEEN:
        names = ", ".join(found.version or found.sentence for found in fitting)
        raise Failure(f"More than one is unfinished: {names}. Name one.", Exit.FAILED, kind="ambiguous")
    return fitting[0]


def _foretell(args: argparse.Namespace, found: Unfinished, way: Way) -> int:
    """What a dry run prints."""
    sentence = f"{way_words(found, way)}."
    if args.json:
        document({"plan": {"way": str(way), "version": found.version, "sentence": sentence}})
    else:
        line(sentence)
    return Exit.DONE


def _settle(args: argparse.Namespace, looked: Looked, found: Unfinished, way: Way) -> int:
    if args.dry_run:
        return _foretell(args, found, way)
    if way is not Way.SEEN:
        ask_before(args, looked, f"{way_words(found, way)}?")
        trust(args, looked.project)
    try:
        said = asyncio.run(settle(looked.project, found, way))
    except NotSettled as error:
        raise Failure(str(error), Exit.FAILED, kind="not_settled") from None
    if args.json:
        document({"way": str(way), "sentence": said})
    else:
        line(said)
    return Exit.DONE


def _run(args: argparse.Namespace, looked: Looked, found: Unfinished, way: Way) -> int:
    planned = plan_way(looked.project, looked.listing, found, way, args.reason)
    if planned.refusals:
        raise Failure(" ".join(planned.refusals), Exit.FAILED, kind="refused")
    if args.dry_run:
        return _foretell(args, found, way)
    note(found.sentence)
    ask_before(args, looked, f"{way_words(found, way)}, on {looked.database}?")
    trust(args, looked.project)
    anchored = locate(args).anchored if looked.project.is_own else None
    outcome = asyncio.run(run_plan(planned, give_up=args.wait, anchored=anchored))
    mark_settled(found)
    print_outcome(args, outcome)
    return exit_of_outcome(outcome, looked)
