"""`shellback migrate lint`."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.exits import Exit
from tui.cli.failure import Failure
from tui.cli.migrating import project_of
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.database import OpenError, open_database
from tui.migrate.lint import Hit, Report, Severity, lint_look, lint_project
from tui.migrate.listing import look
from tui.migrate.schema import own_tree
from tui.migrate.source.consent import has_consent, remember_consent
from tui.migrate.source.files import read_files
from tui.migrate.states import merge

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tui.migrate.listing import Look
    from tui.migrate.source.files import Direction, MigrationFile
    from tui.migrate.source.project import Project
    from tui.migrate.states import Entry, Listing


def lint(args: argparse.Namespace) -> int:
    """`migrate lint`."""
    report, files = asyncio.run(_lint(args))
    if args.json:
        document({"lint": report.as_json()})
    else:
        for hit in report.hits:
            line(f"{_place(hit)}: {hit.severity} {hit.rule}: {hit.sentence}")
            if args.explain:
                _explain(hit)
    for file in files:
        if file.unreadable is not None:
            note(f"{file.version} cannot be read: {file.unreadable.sentence}")
    for sentence in report.unchecked:
        note(f"not checked: {sentence}")
    note(summary(report))
    unreadable = any(file.unreadable is not None for file in files)
    return Exit.FAILED if report.has_errors or unreadable else Exit.DONE


def summary(report: Report) -> str:
    """`1 error, 2 warnings in 3 files.`"""
    counts = [(report.count(severity), str(severity)) for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)]
    words = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count]
    files = f"{len(report.versions)} file{'' if len(report.versions) == 1 else 's'}"
    return f"{', '.join(words) or 'Nothing found'} in {files}."


def _explain(hit: Hit) -> None:
    for label, text in (("", hit.why), ("waits: ", hit.blocks)):
        if text:
            line(f"    {label}{text}")
    for number, text in enumerate(hit.rewrite.splitlines()):
        line(f"    {'instead: ' if number == 0 else '         '}{text}")


def _place(hit: Hit) -> str:
    """The path from here where the file is below, so that an editor can follow it."""
    if hit.path is None:
        return hit.place
    here = Path.cwd()
    path = os.path.relpath(hit.path, here) if hit.path.is_relative_to(here) else str(hit.path)
    return path if hit.line is None else f"{path}:{hit.line}"


async def _lint(args: argparse.Namespace) -> tuple[Report, list[MigrationFile]]:
    project = project_of(args)
    directions: Sequence[Direction] = ("up", "down") if args.down else ("up",)
    unasked = ""
    if not args.offline:
        try:
            found = await _with_database(args, project, directions)
        except OpenError as error:
            unasked = error.sentence
        else:
            if isinstance(found, tuple):
                return found
            unasked = found
    dialect = args.dialect
    if project.own_url is not None:
        # Ours has a tree for each.
        dialect = dialect if args.offline and dialect else project.own_url.dialect
        project = replace(project, location=str(own_tree(dialect)))
    every = read_files(project)
    files = _chosen(args, merge(every, None, project.app, is_known=False))
    report = await lint_project(project, files, every, dialect, ask=False, directions=directions)
    return replace(report, unchecked=(*([unasked] if unasked else []), *report.unchecked)), files


async def _with_database(
    args: argparse.Namespace, project: Project, directions: Sequence[Direction]
) -> tuple[Report, list[MigrationFile]] | str:
    """The report, or why the database was not asked. Raises OpenError."""
    if project.own_url is not None:
        path = project.own_url.path
        if path is not None and not path.exists():
            return f"There is no database at {path} yet."
        async with await open_database(locate(args).url, read_only=True) as database:
            found = await look(project, database)
            files = _chosen(args, found.listing)
            return await lint_look(found, files, database=database, directions=directions), files
    if args.trust:
        remember_consent(project)
    if not has_consent(project):
        return "The project's Python was not agreed to run here (--trust does), which asking its database needs."
    found = await look(project)
    if not _is_asked(found):
        return found.trouble or "The database did not answer."
    files = _chosen(args, found.listing)
    return await lint_look(found, files, directions=directions), files


def _is_asked(found: Look) -> bool:
    return found.facts is not None and found.listing.is_known


def _chosen(args: argparse.Namespace, listing: Listing) -> list[MigrationFile]:
    """One file, or the pending ones up to `--to`; all of them where it is not known what is pending."""
    if args.number:
        return [_file(_one(listing, args.number))]
    entries = [entry for entry in listing.entries if entry.file is not None and entry.file.number is not None]
    chosen = list(listing.pending) if listing.is_known else entries
    if args.to:
        last = _one(listing, args.to)
        order = [entry.version for entry in entries]
        chosen = [entry for entry in chosen if order.index(entry.version) <= order.index(last.version)]
    return [_file(entry) for entry in chosen]


def _one(listing: Listing, text: str) -> Entry:
    found = [entry for entry in listing.find(text) if entry.file is not None]
    if not found:
        raise Failure(f"There is no migration {text}.", Exit.FAILED, kind="not_found")
    if len(found) > 1:
        names = ", ".join(entry.version for entry in found)
        raise Failure(f"{text} is more than one migration: {names}. Name one.", Exit.FAILED, kind="ambiguous")
    return found[0]


def _file(entry: Entry) -> MigrationFile:
    assert entry.file is not None
    return entry.file
