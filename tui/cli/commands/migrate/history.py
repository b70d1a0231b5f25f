"""`shellback migrate history`: what was run, the SQL of one as it was sent, and what changed in its file since."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure, usage
from tui.cli.migrating import look
from tui.cli.output import document, line, note, table
from tui.migrate.past.changes import changes
from tui.migrate.past.chronicle import chronicle, how_far, took_words, when_words, who_words
from tui.migrate.past.history import read_texts
from tui.migrate.source.files import name_of, number_of
from tui.sanitise import sanitise_block

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked
    from tui.migrate.past.chronicle import Line
    from tui.migrate.past.history import Texts


def history(args: argparse.Namespace) -> int:
    """`migrate history`."""
    if (args.sql or args.diff) and not args.number:
        raise usage("--sql and --diff are about one migration: name it")
    looked = asyncio.run(look(args))
    lines = _lines(args, looked)
    if args.sql or args.diff:
        return _one(args, looked, lines)
    if args.json:
        document({"project": looked.project.name, "app": looked.project.app, "history": [x.as_json() for x in lines]})
    elif not lines:
        line("Nothing was run on this database yet.")
    else:
        table(("WHEN", "WHAT", "NUMBER", "NAME", "STATEMENTS", "TOOK", "BY", "REASON"), map(_row, lines))
    if looked.past is not None and looked.past.history.fault:
        note(f"The log's own rows are not among these: {looked.past.history.fault}.")
    return Exit.DONE


def _lines(args: argparse.Namespace, looked: Looked) -> tuple[Line, ...]:
    """Everything, or what is about one migration. Raises `Failure` when there is no such migration."""
    past = looked.past
    lines = chronicle(past.history.records, looked.listing.rows or (), looked.project.app) if past is not None else ()
    if not args.number:
        return lines
    versions = {entry.version for entry in looked.listing.find(args.number)}
    if not versions:
        versions = {each.version for each in lines if args.number in (each.version, str(number_of(each.version)))}
    if not versions:
        raise Failure(f"There is no migration {args.number}.", Exit.FAILED, kind="not_found")
    return tuple(each for each in lines if each.version in versions)


def _row(found: Line) -> tuple[object, ...]:
    record = found.record
    number = number_of(found.version)
    return (
        when_words(record),
        found.what,
        "" if number is None else number,
        name_of(found.version),
        "" if record is None else how_far(record).removesuffix("s").removesuffix(" statement"),
        took_words(record),
        who_words(record),
        record.reason if record is not None else "",
    )


def _one(args: argparse.Namespace, looked: Looked, lines: tuple[Line, ...]) -> int:
    recorded = [each for each in lines if each.record is not None]
    if args.diff:
        entries = [entry for entry in looked.listing.find(args.number) if entry.record is not None]
        recorded = [each for each in recorded if entries and each.record == entries[0].record]
    if not recorded:
        raise Failure(f"What was run of {args.number} is not recorded.", Exit.FAILED, kind="not_recorded")
    found = recorded[0]
    assert found.record is not None
    texts = asyncio.run(read_texts(looked.project, found.record))
    if texts is None:
        raise Failure(f"What was run of {found.version} is no longer in the log.", Exit.FAILED, kind="not_recorded")
    return _diff(args, looked, found, texts) if args.diff else _sql(args, found, texts)


def _sql(args: argparse.Namespace, found: Line, texts: Texts) -> int:
    if args.json:
        document({"version": found.version, "record": found.as_json(), "sql": texts.sql})
    else:
        line(f"-- {found.version}, {found.what}, {when_words(found.record)}, {who_words(found.record)}")
        _write(texts.sql)
    return Exit.DONE


def _diff(args: argparse.Namespace, looked: Looked, found: Line, texts: Texts) -> int:
    """Ends with 4 when the file is another one."""
    entry = next((each for each in looked.listing.entries if each.version == found.version), None)
    if entry is None or entry.path is None:
        raise Failure(f"The file of {found.version} is not here.", MigrateExit.CHANGED, kind="missing")
    try:
        data = entry.path.read_bytes()
    except OSError as error:
        raise Failure(f"{entry.path} cannot be read: {error.strerror}.", Exit.FAILED) from None
    assert entry.file is not None
    assert found.record is not None
    if entry.file.sha256 == found.record.source_sha256:
        if args.json:
            document({"version": found.version, "changed": False})
        else:
            line(f"{found.version} is what was run, byte for byte.")
        return Exit.DONE
    told = changes(texts.source, data, found.version, looked.dialect or "postgres")
    if args.json:
        document({"version": found.version, "changed": True, **told.as_json()})
    else:
        note(told.sentence)
        block = sanitise_block("\n".join(told.lines))
        sys.stdout.write(f"{block}\n" if block else "")
    return MigrateExit.CHANGED


def _write(text: str) -> None:
    """As it is into a file or a pipe; made visible for a terminal."""
    text = f"{text}\n" if text else ""
    sys.stdout.write(sanitise_block(text) if sys.stdout.isatty() else text)
