"""How a dry run reads: one sentence on the whole, the worst first, then each file and statement. Pure.

The lines carry text of the project and the database: not safe to show before `sanitise`. They are what the screen
shows, what `y` copies and what the command line prints; `as_json` is the same for programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.dry_run.measured import Verdict
from tui.migrate.dry_run.trying import DryStatus
from tui.migrate.process.rehearsal.limits import IN_THE_WAY_S, LOCK_MS, STATEMENT_MS, WHOLE_S
from tui.migrate.source.files import number_of
from tui.migrate.wording import listed, spaced
from tui.sanitise import one_line

if TYPE_CHECKING:
    from tui.migrate.dry_run.measured import Measured, MeasuredFile, Traces
    from tui.migrate.dry_run.trying import DryRun
    from tui.migrate.plans.planning import RunPlan

_SQL: Final = 160
"""Characters of a statement on its line."""
_DEAD: Final = 1_000
"""Versions of rows that are worth a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `tone` is one of title, ok, mind, blocks, wrong, detail, note."""

    text: str
    tone: str = "detail"


def ms(value: float) -> str:
    """`0.4 ms`, `41 ms`, `3.2 s`, `10 s`."""
    if value >= 1_000:
        seconds = value / 1000
        return f"{seconds:.0f} s" if seconds >= 10 or seconds == int(seconds) else f"{seconds:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def rows(count: int) -> str:
    """`1 row`, `12 000 rows`."""
    return f"{spaced(count)} row{'' if count == 1 else 's'}"


def summary(report: DryRun) -> str:
    """The whole in a sentence or two: how it ended, and what is worst."""
    came = _came(report.files)
    match report.status:
        case DryStatus.MEASURED:
            return f"{came} {'run' if len(report.files) > 1 else 'runs'} through{_time(report)}. {_worst(report)}"
        case DryStatus.FAILED:
            if report.fault is None or report.stopped is None:
                return "The dry run did not come to an end."
            where = "at its COMMIT" if report.at_commit else _at(report)
            return f"{_short(report.stopped)} would fail {where}. Applying it now would fail as well."
        case DryStatus.TOO_LONG:
            where = f" in {_short(report.stopped)}, {_at(report, '')}" if report.stopped and report.fault else ""
            limit = ms(STATEMENT_MS) if report.fault is not None else ms(WHOLE_S * 1000)
            what = "A statement" if report.fault is not None else "The whole"
            return f"{what} took longer than {limit}{where} and was stopped: applying takes at least so long."
        case DryStatus.LOCKED_OUT:
            lock = report.wanted
            what = f"{lock.name} on {lock.table}" if lock is not None else "A lock"
            return f"{what} was not had within {ms(LOCK_MS)}, for {_short(report.stopped)}: somebody holds the table."
        case DryStatus.IN_THE_WAY:
            who = f"{len(report.holders)} session{'s' if len(report.holders) != 1 else ''}"
            return (
                f"{who} waited {ms(IN_THE_WAY_S * 1000)} for what {_short(report.stopped)} holds, so the dry run gave "
                "up. Applying would keep them waiting as well."
            )
        case DryStatus.LOCK_HELD:
            return "Another upgrade of this database is running. Try again when it is over."
        case DryStatus.CANCELLED:
            return "Cancelled."
    return report.message


def nothing_changed(report: DryRun) -> str:
    """What became of the database, in a sentence."""
    if report.status in (DryStatus.REFUSED, DryStatus.CHANGED, DryStatus.LOCK_HELD):
        return "Nothing was run."
    if report.dialect == "sqlite":
        return "All of it ran on a copy, which is gone."
    held = f" It held what it took for {ms(report.held_ms)}." if report.held_ms is not None else ""
    return f"Everything was rolled back: the database is as it was.{held}"


def lines(report: DryRun, width: int = _SQL) -> Iterator[Line]:
    """The whole report, the worst on top. `width`: characters of a statement on its line."""
    tone = "wrong" if not report.is_ok else report.verdict.word
    yield Line(summary(report), tone)
    yield Line(nothing_changed(report), "note")
    if report.fault is not None:
        code = f"  ({report.fault.code})" if report.fault.code else ""
        yield from (Line(text, "wrong") for text in f"{report.fault.message}{code}".split("\n"))
        for name, text in (("detail", report.fault.detail), ("hint", report.fault.hint)):
            if text:
                yield Line(f"{name}: {text}", "note")
        if report.path is not None:
            yield Line(f"at {report.path}{f':{report.line}' if report.line is not None else ''}", "note")
    label = "waited" if report.status is DryStatus.IN_THE_WAY else "held by"
    yield from (Line(f"{label}: {holder.sentence()}", "wrong") for holder in report.holders)
    if report.excerpt is not None:
        yield from (
            Line(text, "wrong" if text.startswith(">") else "note") for text in report.excerpt.text().split("\n")
        )
    for text in traces(report.traces):
        yield Line(text, "mind")
    for file in sorted(report.files, key=lambda each: -each.verdict):
        yield Line("", "note")
        yield from _file_lines(file, width)


def text_of(report: DryRun) -> str:
    """All lines as plain text, to copy."""
    return "\n".join(line.text for line in lines(report)) + "\n"


def traces(found: Traces) -> Iterator[str]:
    """What no rollback takes back, a sentence each."""
    for moved in found.sequences:
        told = f" from {moved.before if moved.before is not None else 'its start'} to {moved.after}"
        yield (
            f"The sequence {moved.name} moved{told if moved.after is not None else ''}: "
            "numbers that were drawn are not given again."
        )
    fired = listed([f"{name} of {table}" if table else f"{name} (event trigger)" for table, name in found.triggers])
    if fired:
        yield f"Triggers may have fired: {fired}. What they do outside of the database is not taken back."
    if found.foreign:
        yield f"{listed(list(found.foreign))} is on another server: whether that took it back is its business."
    if found.notifies:
        yield "NOTIFY is sent at COMMIT only: nobody was told anything."
    if found.dead >= _DEAD:
        yield f"{rows(found.dead)} that were written and taken back take room until VACUUM comes by."
    if not found.counts_rows:
        yield "The server keeps no statistics (track_counts is off): scans and rows are not known."


def cautions(plan: RunPlan, dialect: str | None) -> list[str]:
    """What is to be known before a dry run begins."""
    said = []
    if dialect == "sqlite":
        said.append("It runs on a copy of the database, which needs its size twice as free space for that long.")
    elif dialect is not None:
        said.append(
            f"It runs in one transaction that is rolled back. Until then it holds the locks that it takes: "
            f"{ms(STATEMENT_MS)} a statement and {ms(WHOLE_S * 1000)} in all at most."
        )
        said.append(
            f"It waits {ms(LOCK_MS)} for a lock, and gives up when somebody has waited "
            f"{ms(IN_THE_WAY_S * 1000)} for one of its own."
        )
    programs = [file.version for file in plan.files if file.dynamic]
    if programs:
        runs = "run" if len(programs) > 1 else "runs"
        said.append(
            f"{listed(programs)} {runs} Python: what that does outside of the database (files, mails, other "
            "databases) is not taken back."
        )
    return said


def as_json(report: DryRun) -> dict[str, Any]:
    """For `--json`."""
    fault = report.fault
    return {
        "status": str(report.status),
        "summary": summary(report),
        "verdict": report.verdict.word,
        "state": nothing_changed(report),
        "held_ms": report.held_ms,
        "files": [
            {
                "version": file.version,
                "sha256": file.sha256,
                "ms": file.ms,
                "verdict": file.verdict.word,
                "is_whole": file.is_whole,
                "statements": [_statement_json(each) for each in file.statements],
            }
            for file in report.files
        ],
        "stays": {**asdict(report.traces), "sentences": list(traces(report.traces))},
        "stopped": report.stopped,
        "place": f"{report.path}{f':{report.line}' if report.line else ''}" if report.path else None,
        "excerpt": report.excerpt.text() if report.excerpt else None,
        "message": fault.message if fault else report.message or None,
        "detail": (fault.detail or None) if fault else None,
        "hint": (fault.hint or None) if fault else None,
        "code": (fault.code or None) if fault else None,
        "wanted": {"table": report.wanted.table, "lock": report.wanted.name} if report.wanted else None,
        "holders": [holder.sentence() for holder in report.holders],
    }


def short_words(file: MeasuredFile) -> str:
    """A measured file in a few words: `mind, 340 ms`."""
    return f"{file.verdict.word}, {ms(file.ms)}"


def effects(each: Measured) -> list[str]:
    """What one statement did, in words."""
    said = [f"{lock.name} on {lock.table}, {ms(each.held_ms)}: blocks {lock.blocks}" for lock in each.felt]
    felt = {lock.table for lock in each.felt}
    quiet = [lock for lock in each.locks if lock.table not in felt and lock.strength]
    said += [f"{lock.name} on {lock.table}: blocks {lock.blocks}" for lock in quiet]
    taken = {lock.table for lock in each.locks if lock.is_felt}
    said += [f"{lock.name} on {lock.table}, held since {since}" for lock, since in each.held if lock.table not in taken]
    said += [f"rewrites {table}" for table in each.rewrites]
    said += [f"builds the index {name} of {table}" for table, name in each.indexes]
    for scan in each.scans:
        said.append(f"reads all of {scan.table}{f': {rows(scan.rows)} read' if scan.rows is not None else ''}")
    if each.changed:
        said.append(f"changes {rows(each.changed)}")
    return said


def _statement_json(each: Measured) -> dict[str, Any]:
    return {
        "number": each.number,
        "line": each.line,
        "sql": each.text,
        "ms": each.ms,
        "held_ms": each.held_ms,
        "verdict": each.verdict.word,
        "locks": [{"table": lock.table, "lock": lock.name, "blocks": lock.blocks} for lock in each.locks],
        "held": [{"table": lock.table, "lock": lock.name, "since": since} for lock, since in each.held],
        "rewrites": list(each.rewrites),
        "scans": [{"table": scan.table, "rows": scan.rows} for scan in each.scans],
        "indexes": [{"table": table, "index": name} for table, name in each.indexes],
        "rows_changed": each.changed,
    }


def _file_lines(file: MeasuredFile, width: int) -> Iterator[Line]:
    whole = "" if file.is_whole else ", not to its end"
    yield Line(f"{file.version}  {file.verdict.word}, {ms(file.ms)}{whole}", "title")
    if not file.statements:
        yield Line("     nothing that could be seen: it only records a state", "note")
    for each in file.statements:
        number = f"{each.number:>3}" if each.number else "  ·"
        sql = one_line(each.text)
        shown = sql if len(sql) <= width else f"{sql[: width - 1]}…"
        yield Line(f"{number}  {each.verdict.word:<6}  {ms(each.ms):>8}  {shown}", each.verdict.word)
        yield from (Line(f"               {said}") for said in effects(each))


def _came(files: Sequence[MeasuredFile]) -> str:
    return listed([_short(file.version) for file in files], "and")


def _time(report: DryRun) -> str:
    return f" in {ms(sum(file.ms for file in report.files))}"


def _worst(report: DryRun) -> str:
    file = max(report.files, key=lambda each: each.verdict, default=None)
    if file is None or (each := file.worst) is None:
        return "Nothing that anybody would wait for."
    if file.verdict is Verdict.OK:
        return "Nobody would wait for long."
    where = f"{_short(file.version)}, statement {each.number}" if each.number else _short(file.version)
    did = [f"rewrites {table}" for table in each.rewrites] + [f"reads all of {scan.table}" for scan in each.scans]
    why = f" ({listed(did)})" if did else ""
    if each.felt:
        lock = each.felt[0]
        return f"Worst: {where} keeps {lock.blocks} of {lock.table} waiting for {ms(each.held_ms)}{why}."
    return f"Worst: {where}{why}."


def _at(report: DryRun, lead: str = "at ") -> str:
    last = report.files[-1] if report.files else None
    number = last.statements[-1].number if last is not None and last.statements else 0
    return f"{lead}statement {number}" if number else f"{lead}its Python"


def _short(version: str | None) -> str:
    number = number_of(version) if version else None
    return str(number) if number is not None else version or "it"
