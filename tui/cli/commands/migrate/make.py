"""`shellback migrate make`: what changed in the models, asked about, tried on a scratch database, and written."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.engines.errors import DatabaseError
from tui.cli.consent import agreed
from tui.cli.editing import edit
from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure, refused, usage
from tui.cli.migrating import look, project_of, trust
from tui.cli.output import block, document, line, note
from tui.migrate.make.draft import with_counts
from tui.migrate.make.naming import name_fault
from tui.migrate.make.questions import NoSuchRename, answers_of
from tui.migrate.make.whole import Making, Part, begin, put_elsewhere, refusals, tried, version_of, write_all
from tui.migrate.make.words import operations
from tui.migrate.make.writing import NotWritten
from tui.migrate.running.events import Event, FileStarted

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked


def make(args: argparse.Namespace) -> int:
    """`migrate make`."""
    if fault := name_fault(args.name):
        raise usage(fault)
    if args.empty and (args.check or args.rename):
        raise usage("--empty compares nothing: leave --check and --rename out")
    project = project_of(args)
    trust(args, project)
    # For CI, and for a file elsewhere, nobody needs the database.
    looked = None if args.check or args.output else _looked(args)
    if not (args.check or args.output):
        found = refusals(project, looked.listing if looked else None, read_only=bool(looked and not looked.writable))
        if found:
            raise refused(" ".join(found))
    making = _asked(args, asyncio.run(begin(project, empty=args.empty)))
    if not making.has_changes:
        return _nothing(args)
    if args.check:
        return _check(args, making)
    return _make(args, making, looked)


def _looked(args: argparse.Namespace) -> Looked | None:
    """What the database has; None where it does not answer, which keeps nobody from making a file."""
    try:
        return asyncio.run(look(args))
    except (Failure, DatabaseError) as error:
        note(f"The database was not asked: {error}")
        return None


def _asked(args: argparse.Namespace, making: Making) -> Making:
    """The draft with the renames that were typed or answered. Raises Failure."""
    if making.refusal:
        _show_prints(making)
        raise Failure(making.refusal, Exit.FAILED, kind="refused")
    answers: list[str] = []
    typed = list(args.rename)
    while True:
        tables = [each for each in making.first.draft.questions if each.is_table and each.id not in answers]
        try:
            # Tables first: which columns there are to ask about depends on them.
            now = [text for text in typed if any(each.old == text.partition("=")[0] for each in tables)]
            found = answers_of(now or typed, making.first.draft.questions)
        except NoSuchRename as error:
            raise usage(error.sentence) from None
        typed = [text for text in typed if now and text not in now]
        answers += found
        if found:
            making = _redrafted(making, answers)
        if not typed:
            break
    return making if args.no_renames or args.empty else _interactive(args, making, answers)


def _interactive(args: argparse.Namespace, making: Making, answers: list[str]) -> Making:
    """Asks what is still open, tables first."""
    said_no: set[str] = set()
    while True:
        draft = making.first.draft
        taken = {each.old for each in draft.questions if each.id in answers}
        taken |= {each.new for each in draft.questions if each.id in answers}
        open_ones = [
            each
            for each in draft.likely
            if each.id not in answers and each.id not in said_no and not {each.old, each.new} & taken
        ]
        if not open_ones:
            return making
        if args.check:
            return making
        if not sys.stdin.isatty() or args.json:
            typed = "; ".join(f"--rename {each.typed}" for each in open_ones)
            raise usage(f"What is gone may have been renamed. Add {typed}, or --no-renames to drop it")
        draft = asyncio.run(with_counts(making.first.project, draft))
        counted = {each.id: each for each in draft.questions}
        for each in open_ones:
            at_stake = counted[each.id].at_stake
            if agreed(f"{each.sentence}{f' ({at_stake})' if at_stake else ''}"):
                answers.append(each.id)
                making = _redrafted(making, answers)
                break
            said_no.add(each.id)


def _redrafted(making: Making, answers: list[str]) -> Making:
    again = asyncio.run(begin(making.first.project, answers))
    if again.refusal:
        raise Failure(again.refusal, Exit.FAILED, kind="refused")
    return again


def _nothing(args: argparse.Namespace) -> int:
    if args.json:
        document({"make": {"changes": False, "operations": [], "written": []}})
    else:
        line("No changes: the models and the files agree.")
    return Exit.DONE


def _check(args: argparse.Namespace, making: Making) -> int:
    if args.json:
        document({"make": {"changes": True, **_of_draft(making.first), "written": []}})
    else:
        line("A migration is to be made:")
        _print_operations(making.first)
    return MigrateExit.PENDING


def _make(args: argparse.Namespace, making: Making, looked: Looked | None) -> int:
    if args.edit:
        making = Making(tuple(_edited(part) for part in making.parts))
    known = [row.version for row in (looked.listing.rows or ())] if looked else []
    version = version_of(making, args.name, known)
    making = asyncio.run(tried(making, version, on_event=_tell))
    written: list[Path] = []
    if making.is_ok:
        try:
            written = list(put_elsewhere(making, Path(args.output)) if args.output else write_all(making))
        except NotWritten as error:
            raise Failure(error.sentence, Exit.FAILED, kind="not_written") from None
    if args.json:
        document({"make": _of_making(making, written)})
    else:
        for part in making.parts:
            _print(part, len(making.parts) > 1)
        for path in written:
            line(f"written: {path}")
    if not written:
        note("shellback: nothing was written. Change the models, or the SQL with --edit.")
        return Exit.FAILED
    return Exit.DONE


def _edited(part: Part) -> Part:
    up, down = edit(part.draft.up, part.draft.down, part.draft.dialect)
    return replace(part, draft=replace(part.draft, up=up, down=down))


def _tell(event: Event) -> None:
    if isinstance(event, FileStarted):
        note(f"  trying {event.version} ({event.number} of {event.total})")


def _print(part: Part, named: bool) -> None:
    trial = part.trial
    assert trial is not None
    if named:
        line(f"{part.draft.dialect}:")
    _print_operations(part)
    for sentence in trial.sentences:
        note(sentence)
    if trial.statement:
        block(trial.statement)
    for hit in trial.hits:
        note(f"  {hit.severity} {hit.rule}, line {hit.line}, {hit.direction}: {hit.why}")


def _print_operations(part: Part) -> None:
    draft = part.draft
    for operation in operations(draft.up, draft.dialect, draft.rebuilt):
        loss = "  (gone for good)" if operation.loses else ""
        line(f"  {operation.table + ': ' if operation.table else ''}{operation.words}{loss}")
    for sentence in draft.all_notes:
        note(f"  mind: {sentence}")


def _of_making(making: Making, written: list[Path]) -> dict[str, Any]:
    return {
        "changes": True,
        **_of_draft(making.first),
        "files": [
            {
                "dialect": part.draft.dialect,
                "version": part.trial.version,
                "up": part.draft.up,
                "down": part.draft.down,
                "tried": part.trial.how or None,
                "untried": part.trial.untried or None,
                "trouble": part.trial.trouble or None,
                "way_back": list(part.trial.back),
                "differences": list(part.trial.differences),
                "differed_before": list(part.trial.older),
                "hits": [
                    {"rule": hit.rule, "severity": str(hit.severity), "direction": hit.direction, "line": hit.line}
                    for hit in part.trial.hits
                ],
            }
            for part in making.parts
            if part.trial is not None
        ],
        "written": [str(path) for path in written],
    }


def _of_draft(part: Part) -> dict[str, Any]:
    draft = part.draft
    return {
        "base": draft.base,
        "operations": [
            {"table": each.table, "words": each.words, "loses": each.loses}
            for each in operations(draft.up, draft.dialect, draft.rebuilt)
        ],
        "notes": list(draft.all_notes),
        "questions": [each.as_json() for each in draft.likely if each.id not in draft.answers],
    }


def _show_prints(making: Making) -> None:
    """What the project printed, which may say more than its error."""
    for part in making.parts:
        if part.draft.output:
            block(part.draft.output)
