"""`shellback migrate check`: one answer for CI out of states, lint, models, drift and what is pending."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tui.cli.commands.migrate.drift import check_fault, unmade_sentence
from tui.cli.commands.migrate.lint import summary
from tui.cli.commands.migrate.looking import listing_json
from tui.cli.exits import Exit, MigrateExit
from tui.cli.migrating import BLOCKING, look
from tui.cli.output import document, line
from tui.migrate.drift import find_drift
from tui.migrate.lint import lint_project
from tui.migrate.source.files import read_files

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.drift import DriftReport

GRAVEST: Final = (MigrateExit.CHANGED, Exit.FAILED, MigrateExit.DRIFT, MigrateExit.PENDING, Exit.DONE)
"""Which code wins. A database that is not reached ends the command before, with 5."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question and its answer. `lines` are the details; `code` is 0 where all is well."""

    name: str
    sentence: str
    code: int = Exit.DONE
    lines: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "code": int(self.code), "sentence": self.sentence, **self.values}


def check(args: argparse.Namespace) -> int:
    """`migrate check`."""
    looked, parts = asyncio.run(_parts(args))
    code = next(code for code in GRAVEST if any(part.code == code for part in parts) or code == Exit.DONE)
    if args.json:
        document(
            {
                "project": looked.project.name,
                "app": looked.project.app,
                "database": looked.database,
                "code": int(code),
                "parts": [part.as_json() for part in parts],
            }
        )
        return code
    line(f"{looked.project.name}, app {looked.project.app}, on {looked.database}")
    for part in parts:
        line(f"  {'ok  ' if part.code == Exit.DONE else 'BAD '} {part.name:<8} {part.sentence}")
        for text in part.lines:
            line(f"                {text}")
    return code


async def _parts(args: argparse.Namespace) -> tuple[Looked, list[Part]]:
    looked = await look(args)
    parts = [_states(looked), await _lint(looked)]
    if not args.no_drift and not looked.create:
        report = await find_drift(looked.project)
        check_fault(report)
        parts += [_models(report), _drift(report)]
    return looked, [*parts, _pending(looked, allowed=args.allow_pending)]


def _states(looked: Looked) -> Part:
    listing = looked.listing
    wrong = [problem for problem in listing.problems if problem.state in BLOCKING]
    values = {"listing": listing_json(looked)}
    if not (wrong or listing.ahead):
        return Part("states", "Files and database tell the same story.", values=values)
    sentence = "The database is ahead of this code." if listing.ahead else "Files and database do not agree."
    lines = tuple(f"{problem.state} {problem.version}: {problem.sentence}" for problem in wrong)
    return Part("states", sentence, MigrateExit.CHANGED, lines, values)


async def _lint(looked: Looked) -> Part:
    pending = [entry.file for entry in looked.listing.pending if entry.file is not None]
    if not pending:
        return Part("lint", "No pending file to look at.")
    every = await asyncio.to_thread(read_files, looked.project)
    report = await lint_project(looked.project, pending, every, looked.dialect, ask=not looked.create)
    lines = tuple(f"{hit.place}: {hit.severity}: {hit.rule}: {hit.sentence}" for hit in report.hits)
    code = Exit.FAILED if report.has_errors else Exit.DONE
    return Part("lint", summary(report), code, lines, {"lint": report.as_json()})


def _models(report: DriftReport) -> Part:
    values = {"unmade": [each.as_json() for each in report.unmade]}
    if not report.unmade:
        return Part("models", "The files make what the models ask for.", values=values)
    lines = tuple(each.sentence() for each in report.unmade)
    return Part("models", unmade_sentence(report), MigrateExit.DRIFT, lines, values)


def _drift(report: DriftReport) -> Part:
    values = {"drift": report.as_json()}
    if not report.drift:
        return Part("drift", report.sentence, values=values)
    lines = tuple(f"{each.sentence()}. {each.why}" for each in report.drift)
    return Part("drift", report.sentence, MigrateExit.DRIFT, lines, values)


def _pending(looked: Looked, *, allowed: bool) -> Part:
    pending = tuple(entry.version for entry in looked.listing.pending)
    values = {"pending": list(pending)}
    if not pending:
        return Part("pending", "Nothing is pending.", values=values)
    sentence = f"{len(pending)} pending: {', '.join(pending[:5])}{' ...' if len(pending) > 5 else ''}."
    return Part("pending", sentence, Exit.DONE if allowed else MigrateExit.PENDING, values=values)
