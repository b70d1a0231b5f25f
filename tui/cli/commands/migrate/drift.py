"""`shellback migrate drift`: what is not the same in models, files and database."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tui.cli.exits import Exit, MigrateExit
from tui.cli.failure import Failure
from tui.cli.migrating import exit_of_fault, project_of, trust
from tui.cli.output import document, line, note
from tui.migrate.drift import find_drift
from tui.migrate.wording import short_list
from tui.sanitise import sanitise, sanitise_block

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tui.migrate.drift import Difference, DriftReport


def drift(args: argparse.Namespace) -> int:
    """`migrate drift`."""
    project = project_of(args)
    trust(args, project)
    report = asyncio.run(find_drift(project, tables=args.table))
    check_fault(report)
    if args.json:
        document({"project": project.name, "app": project.app, **report.as_json()})
    elif args.sql:
        text = report.fix_sql
        if text:
            sys.stdout.write(f"{sanitise_block(text) if sys.stdout.isatty() else text}\n")
        note(f"{report.label}: {report.sentence}")
    else:
        line(f"{project.name}, app {project.app}, on {report.label}")
        print_report(report, benign=args.benign)
    return exit_of_report(report, strict=args.strict)


def exit_of_report(report: DriftReport, *, strict: bool = False) -> int:
    """3 for drift and for models without a migration."""
    found = report.drift or report.unmade or (strict and report.unknown_objects)
    return MigrateExit.DRIFT if found else Exit.DONE


def check_fault(report: DriftReport) -> None:
    """Raises `Failure` where nothing could be compared."""
    fault = report.fault
    if fault is not None:
        raise Failure(
            " ".join(part for part in (fault.message, fault.hint) if part),
            Exit.FAILED if report.reached and fault.stage != "rows" else exit_of_fault(fault),
        )


def print_report(report: DriftReport, *, benign: bool = False) -> None:
    """How it was compared, then the differences by table, then the verdict."""
    line(f"  models    {report.models}")
    line(f"  files     {report.files}")
    if report.pending:
        line(f"  pending   {short_list(report.pending)}; what they change is not drift")
    table = None
    for each in (*report.drift, *_not_told(report)):
        if each.table != table:
            table = each.table
            line()
            line(table)
        _print(each)
    _heading("Only in the database, and of nothing that models or files know", report.unknown_objects)
    for each in report.unknown_objects:
        line(f"  {each.kind} {each.table}")
    if benign:
        _heading("Benign", report.benign)
        for each in report.benign:
            line(f"  {each.table}, {each.what}: {each.why}")
    line()
    line(report.sentence)
    if report.unmade:
        line(unmade_sentence(report))
    if report.benign and not benign:
        counts = Counter(each.kind for each in report.benign)
        line(f"Benign: {', '.join(f'{count} {kind}' for kind, count in counts.most_common())} (--benign lists them).")


def unmade_sentence(report: DriftReport) -> str:
    """How many changes of the models no file makes, and the way on."""
    count = len(report.unmade)
    words = "1 change of the models has" if count == 1 else f"{count} changes of the models have"
    return f"{words} no migration: shellback migrate make."


def _not_told(report: DriftReport) -> Sequence[Difference]:
    """Models without a migration where the database alone does not show it, since files are pending."""
    told = {(each.kind, each.table, each.name) for each in report.drift}
    return [each for each in report.unmade if (each.kind, each.table, each.name) not in told]


def _heading(title: str, found: Sequence[Difference]) -> None:
    if found:
        line()
        line(title)


def _print(each: Difference) -> None:
    line(f"  {each.what}")
    for side, text in (("models", each.in_models), ("files", each.in_files), ("database", each.in_database)):
        line(f"    {side:<9} {sanitise(text, 300) if text is not None else '–'}")
    line(f"    {each.why}")
    for number, text in enumerate(each.fix_sql.splitlines()):
        line(f"    {'mend     ' if number == 0 else '         '} {text}")
