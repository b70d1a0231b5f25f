"""`shellback audit verify|archive`: what is checked of the trail, and how its oldest rows move into a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.clock import database_now
from models.operations.audit.anchors import OTHERS_WRITE, leave_anchor, read_lines
from models.operations.audit.archive import check_archive, plan_archive, run_archive
from models.operations.audit.archive_file import BadArchive
from models.operations.audit.verify import record_failure, verify_trail
from models.operations.plan import json_value
from models.operations.text import grouped
from models.permissions import Codename
from tui.browse.search.point_texts import read_point, read_span
from tui.browse.search.points import Span
from tui.browse.search.suggest import QueryError
from tui.browse.sql import connection
from tui.cli.consent import ask, check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused, usage
from tui.cli.output import complain, document, line, note
from tui.cli.place import locate
from tui.cli.plans import exit_of, exit_of_plan, print_outcome, print_plan
from tui.cli.progress import ProgressLine
from tui.cli.proofs import with_proof
from tui.cli.running import Session, signed_in
from tui.cli.writing import to_the_end
from tui.paths import expanded

if TYPE_CHECKING:
    import argparse

    from models.operations.audit.anchors import Anchor
    from models.operations.audit.archive import ArchiveProgress
    from models.operations.audit.archive_file import FileFacts
    from models.operations.audit.reports import AnchorReport, ChainReport


def verify(args: argparse.Namespace) -> int:
    """`audit verify`."""
    return signed_in(args, _verify_file if args.archive else _verify, Codename.AUDIT_VIEW)


def archive(args: argparse.Namespace) -> int:
    """`audit archive`."""
    check_can_ask(args)
    if bool(args.before) == bool(args.keep):
        raise usage("Say how much to archive: --before 2026-01-01, or --keep 400d")
    return signed_in(args, _archive, Codename.AUDIT_EXPORT)


# Checking -----------------------------------------------------------------------------------------------------------


async def _verify(args: argparse.Namespace, session: Session) -> int:
    anchored = locate(args).anchored
    path = _path(args.anchors) if args.anchors else anchored.path
    with ExitStack() as stack:
        progress = stack.enter_context(ProgressLine())

        def tell(rows: int) -> None:
            progress.say(f"{grouped(rows)} rows are good · ctrl+c stops")

        # What this command itself wrote is anchored first, so that it is among what is compared.
        await leave_anchor()
        report = await verify_trail(
            since=args.since,
            anchors=_anchors(path, wanted=bool(args.anchors)),
            database=anchored.database,
            progress=tell,
        )
    if not session.database.read_only:
        await record_failure(session.who.actor, report)
    if args.json:
        document(_report_json(report, path))
    _say_report(args, report, path)
    return Exit.DONE if report.is_whole else Exit.FAILED


def _path(text: str) -> Path:
    return expanded(text)


def _anchors(path: Path | None, *, wanted: bool) -> Iterator[Anchor | None] | None:
    """The anchors of a file. One that was named must be there; the machine's own may not be yet."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    except FileNotFoundError:
        if wanted:
            raise Failure(f"{path} is not there.") from None
        return None
    except OSError as error:
        raise Failure(f"{path} cannot be read ({error.strerror}).") from None
    if mode & OTHERS_WRITE:
        raise refused(f"Others can write {path} (mode {mode:04o}), so it proves nothing: run chmod 600 {path}.")
    return read_lines(path)


def _report_json(report: ChainReport, path: Path | None) -> dict[str, Any]:
    bad, compared = report.bad, report.anchors
    return {
        "whole": report.is_whole,
        "rows": report.rows,
        "first": report.first_seq,
        "archived_to": report.archived_to,
        "tip": {"seq": report.tip_seq, "hash": report.tip_hash},
        "bad": {"seq": bad.seq, "id": bad.id, "problem": bad.problem} if bad else None,
        "archives": report.archives or None,
        "triggers_missing": list(report.lacking),
        "anchors": None if compared is None else _anchors_json(compared, path),
    }


def _anchors_json(compared: AnchorReport, path: Path | None) -> dict[str, Any]:
    return {
        "file": str(path),
        "read": compared.read,
        "agreed": compared.agreed,
        "archived": compared.archived,
        "foreign": compared.foreign,
        "unreadable": compared.unreadable,
        "disagreeing": compared.disagreeing,
        "latest": {"seq": compared.latest_seq, "at": json_value(compared.latest_at)},
        "bad": [
            {"seq": one.anchor.seq, "at": json_value(one.anchor.at), "problem": one.problem} for one in compared.bad
        ],
    }


def _say_report(args: argparse.Namespace, report: ChainReport, path: Path | None) -> None:
    say = note if args.json else line
    if report.bad is None:
        span = f", from sequence {report.first_seq} on" if report.first_seq > 1 else ""
        are = "row is as it was" if report.rows == 1 else "rows are as they were"
        say(f"{report.rows} {are} written{span}. Tip: {report.tip_seq} {report.tip_hash}")
        if report.archived_to:
            say(f"What came before, up to sequence {report.archived_to}, is in archives.")
    else:
        complain(f"The audit was tampered with: row {report.bad.seq} (id {report.bad.id}): {report.bad.problem}.")
    if report.archives:
        complain(report.archives)
    _say_anchors(report.anchors, path, say)
    for what in report.lacking:
        complain(f"Nothing refuses {what}: its trigger is not there, or off.")


def _say_anchors(compared: AnchorReport | None, path: Path | None, say: Any) -> None:
    if compared is None:
        say("No anchor was compared: a cut tail and a trail computed anew are not noticed from inside.")
        return
    for one in compared.bad:
        at = f"{one.anchor.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        complain(f"The anchor of row {one.anchor.seq}, of {at}, disagrees: {one.problem}.")
    more = compared.disagreeing - len(compared.bad)
    if more > 0:
        complain(f"{more} more anchors disagree.")
    latest = f", the last one of row {compared.latest_seq}" if compared.agreed else ""
    say(f"{compared.agreed} of {compared.own} anchors in {path} agree{latest}.")
    for number, what in (
        (compared.archived, "are of rows that are in an archive"),
        (compared.foreign, "are of other databases"),
        (compared.unreadable, "lines are no anchors"),
    ):
        if number:
            say(f"  {number} {what}")


async def _verify_file(args: argparse.Namespace, _: Session) -> int:
    path = _path(args.archive)
    with ProgressLine() as progress:
        try:
            facts, problem = await check_archive(path, lambda rows: progress.say(f"{grouped(rows)} rows are good"))
        except BadArchive as error:
            facts, problem = None, error.sentence
        except OSError as error:
            raise Failure(f"{path} cannot be read ({error.strerror}).") from None
    if args.json:
        document({"archive": {"file": str(path), "whole": not problem, "problem": problem or None, **_facts(facts)}})
    elif facts is not None and not problem:
        line(f"{path} holds rows {facts.first_seq} to {facts.last_seq} as they were written. SHA-256 {facts.sha256}")
    if problem:
        complain(f"{path} is not the archive that was made: {problem}")
    return Exit.FAILED if problem else Exit.DONE


def _facts(facts: FileFacts | None) -> dict[str, Any]:
    if facts is None:
        return {}
    return {
        "first": facts.first_seq,
        "last": facts.last_seq,
        "rows": facts.rows,
        "last_hash": facts.last_hash,
        "sha256": facts.sha256,
    }


# Archiving ----------------------------------------------------------------------------------------------------------


async def _archive(args: argparse.Namespace, session: Session) -> int:
    before = _before(args, await database_now(connection()))
    with ProgressLine() as progress:

        def tell(told: ArchiveProgress) -> None:
            progress.say(f"{grouped(told.rows)} of {grouped(told.total)} rows {told.phase}")

        plan = await plan_archive(
            session.who.actor, before, Path(args.to), reason=args.reason, ticket=args.ticket, progress=tell
        )
        if args.dry_run:
            if args.json:
                document({"plan": plan.as_json()})
            else:
                print_plan(plan)
            return exit_of_plan(plan)
        if session.database.read_only:
            raise refused(f"{session.database.label} is open read-only; nothing was changed.")
        plan = await with_proof(plan.actor, plan)
        if plan.is_allowed and not plan.is_empty and not args.yes:
            print_plan(plan, note)
            ask(args, f"Archive {plan.target.label}?")
        outcome = await to_the_end(run_archive(plan))
    if args.json:
        document({"outcome": outcome.as_json()})
        if not outcome.is_ok:
            note(f"shellback: {outcome.sentence}")
    else:
        print_outcome(outcome)
    return exit_of(outcome)


def _before(args: argparse.Namespace, now: datetime) -> datetime:
    """The moment before which rows go. Raises `Failure` (usage) for what is none."""
    try:
        if args.keep:
            return read_span(args.keep, 0).before(now)
        point = read_point(args.before, 0)
    except QueryError as error:
        raise usage(f"{'--keep' if args.keep else '--before'}: {error.message}") from None
    return point.before(now) if isinstance(point, Span) else point.bounds(now)[0].astimezone(UTC)
