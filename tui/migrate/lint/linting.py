"""Files in, report out: reads each script, asks the rules and squawk, leaves out what does not matter here.

    report = lint_files(files, "postgres", every=all_files, known=Known(server="15.18"))

Takes some milliseconds a file: it is for a thread. `stop` ends it between two statements, with what was found so far.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tui.migrate.lint.catalogue import OWN, known_ids
from tui.migrate.lint.hits import Hit, Report, Severity
from tui.migrate.lint.ignores import Ignore, read_ignores
from tui.migrate.lint.known import Known
from tui.migrate.lint.locks import waiting
from tui.migrate.lint.rewriting import rewrite_of
from tui.migrate.lint.squawk import Finding, SquawkFailed, run_squawk
from tui.migrate.lint.squawk_rules import TAKEN
from tui.migrate.lint.state import TableState, read_state
from tui.migrate.lint.subject import Found, Step, Subject
from tui.migrate.process.catalogues.described import UnreadableState
from tui.migrate.process.sql.ddl import Kind, touched_by, what_does
from tui.migrate.process.sql.statements import split

if TYPE_CHECKING:
    from tui.migrate.source.files import Direction, MigrationFile

MOST_STATEMENTS: Final = 10_000
"""Of one script."""


def lint_files(
    files: Sequence[MigrationFile],
    dialect: str,
    *,
    every: Sequence[MigrationFile] = (),
    known: Known | None = None,
    directions: Sequence[Direction] = ("up",),
    stop: threading.Event | None = None,
) -> Report:
    """Lints files as one plan, in their order: what an earlier one makes is new to a later one.

    `every` are all files of the project, so that what the models were before is known. Executes nothing of the
    project; never raises for what a file holds.
    """
    known = known or Known()
    stop = stop or threading.Event()
    unchecked = list(known.unchecked)
    readable = [file for file in files if file.unreadable is None and not file.ignored]
    subjects: list[Subject] = []
    fresh: frozenset[str] = frozenset()
    for file in readable:
        if stop.is_set():
            break
        for direction in directions:
            subject = read_subject(
                file, direction, dialect, fresh if direction == "up" else frozenset(), known, every or files
            )
            if subject.is_cut:
                unchecked.append(f"{file.version}: only the first {MOST_STATEMENTS} statements were looked at.")
            if direction == "up":
                fresh = _after(subject, fresh)
            subjects.append(subject)
    squawked = _squawk(subjects, dialect, known, stop, unchecked)
    hits: list[Hit] = []
    for index, subject in enumerate(subjects):
        if stop.is_set():
            break
        hits += lint_subject(subject, squawked.get(index, []), has_squawk=bool(squawked))
    if stop.is_set():
        unchecked.append("The lint was stopped: the files after this are not judged.")
    versions = tuple(file.version for file in readable)
    return Report(tuple(hits), versions, tuple(dict.fromkeys(unchecked)), known.sizes)


def read_subject(
    file: MigrationFile,
    direction: Direction,
    dialect: str,
    fresh: frozenset[str],
    known: Known,
    every: Sequence[MigrationFile],
) -> Subject:
    """One direction of a file, taken apart."""
    sql, steps, is_cut = read_steps(file, direction, dialect, fresh)
    touched = touched_by(step.deed for step in steps)
    before, fault = _states(file, direction, dialect, every)
    return Subject(file, direction, dialect, sql, steps, touched, known, before, fault, is_cut)


def read_steps(
    file: MigrationFile, direction: Direction, dialect: str, fresh: frozenset[str]
) -> tuple[str, tuple[Step, ...], bool]:
    """The script, its statements, and whether there are more of them than are looked at."""
    sql = file.script(direction).sql or ""
    steps: list[Step] = []
    statements = split(sql, dialect)
    for number, statement in enumerate(statements[:MOST_STATEMENTS], 1):
        place = file.place(direction, statement.offset)
        deed = what_does(statement.text, dialect)
        line = place.line if place is not None else None
        steps.append(Step(number, statement.text, statement.offset, line, deed, fresh))
        if deed.kind is Kind.CREATE_TABLE:
            fresh |= set(deed.tables)
        for change in deed.changes:
            if change.to and deed.tables and deed.tables[0] in fresh:
                fresh |= {change.to}
    return sql, tuple(steps), len(statements) > MOST_STATEMENTS


def _after(subject: Subject, fresh: frozenset[str]) -> frozenset[str]:
    """The tables that are new behind the file; one made anew from an old one is not."""
    return (fresh | subject.touched.created) - subject.touched.dropped


def _states(
    file: MigrationFile, direction: Direction, dialect: str, every: Sequence[MigrationFile]
) -> tuple[Mapping[str, TableState] | None, str]:
    """The models before the script runs, and what is wrong with the file's own state."""
    fault = ""
    own: Mapping[str, TableState] | None = None
    try:
        own = read_state(file, dialect)
    except UnreadableState as error:
        fault = str(error)
    if direction == "down":
        return own, fault
    earlier = [each for each in every if each.number is not None and each.unreadable is None]
    versions = [each.version for each in earlier]
    if file.version not in versions:
        return None, fault
    for previous in reversed(earlier[: versions.index(file.version)]):
        try:
            return read_state(previous, dialect), fault
        except UnreadableState:
            continue
    return {}, fault


def lint_subject(subject: Subject, findings: Sequence[Finding], *, has_squawk: bool) -> list[Hit]:
    """The hits of one script, in the order of the file, without those that the file says to ignore."""
    found = [
        _hit(subject, rule.id, each.severity or rule.severity, each)
        for rule in OWN
        if subject.dialect in rule.dialects and (subject.is_up or not rule.only_up)
        for each in rule.check(subject)
    ]
    found += _squawk_hits(subject, findings)
    kept = _without_ignored(subject, found, has_squawk=has_squawk)
    return sorted(kept, key=lambda hit: (hit.statement or 0, -hit.severity.rank, hit.rule))


def _hit(subject: Subject, rule: str, severity: Severity, found: Found) -> Hit:
    line = found.step.line if found.step is not None else subject.file.script(subject.direction).line
    if found.offset is not None:
        place = subject.file.place(subject.direction, found.offset)
        line = place.line if place is not None else line
    return Hit(
        rule,
        severity,
        subject.file.version,
        subject.direction,
        line,
        found.step.number if found.step is not None else None,
        found.sentence,
        found.why,
        found.blocks,
        found.rewrite,
        subject.file.path,
    )


def _squawk(
    subjects: Sequence[Subject], dialect: str, known: Known, stop: threading.Event, unchecked: list[str]
) -> dict[int, list[Finding]]:
    """Squawk's findings by the place of the subject; what it could not look at goes to `unchecked`."""
    wanted = [index for index, subject in enumerate(subjects) if subject.steps]
    if dialect != "postgres" or not wanted or stop.is_set():
        return {}
    scripts = [(subjects[index].sql, subjects[index].transactional) for index in wanted]
    try:
        answers = run_squawk(scripts, server=known.server, config=known.squawk_config, stop=stop)
    except SquawkFailed as error:
        unchecked.append(str(error))
        return {}
    found: dict[int, list[Finding]] = {}
    for index, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, str):
            unchecked.append(f"{subjects[index].file.version}: {answer}")
        else:
            found[index] = answer
    return found


def _squawk_hits(subject: Subject, findings: Sequence[Finding]) -> Iterator[Hit]:
    seen: set[tuple[str, int]] = set()
    keys = {number for number, rule in _by_step(subject, findings) if rule == "adding-foreign-key-constraint"}
    for finding in findings:
        taken = TAKEN.get(finding.rule)
        step = _step_at(subject.steps, finding.offset)
        if taken is None or step is None or (finding.rule, step.number) in seen:
            continue
        if finding.rule == "syntax-error" and _is_told(subject, step):
            continue
        if finding.rule == "constraint-missing-not-valid" and step.number in keys:
            continue
        old = [table for table in (*step.old_tables, *step.deed.reads) if table not in step.fresh]
        if taken.is_about_waiting and all(subject.is_nearly_empty(table) for table in old) and step.deed.tables:
            continue
        seen.add((finding.rule, step.number))
        yield _hit(
            subject,
            finding.rule,
            taken.severity,
            Found(
                step,
                f"{taken.title}.",
                " ".join(part for part in (finding.message, finding.help) if part),
                blocks=waiting(step.deed, "postgres", step.fresh),
                rewrite=rewrite_of(finding.rule, step, finding.offset - step.offset, taken.advice),
                offset=max(finding.offset, step.offset),
            ),
        )


def _by_step(subject: Subject, findings: Sequence[Finding]) -> Iterator[tuple[int, str]]:
    for finding in findings:
        step = _step_at(subject.steps, finding.offset)
        if step is not None:
            yield step.number, finding.rule


def _step_at(steps: Sequence[Step], offset: int) -> Step | None:
    """The statement at an offset; the one behind it when the place is between two."""
    return next((step for step in steps if offset < step.end), steps[-1] if steps else None)


def _is_told(subject: Subject, step: Step) -> bool:
    """Whether a quote that is wrong explains why squawk cannot parse the statement."""
    return any(each.deed.is_open for each in subject.steps) or step.deed.is_open


def _without_ignored(subject: Subject, hits: Sequence[Hit], *, has_squawk: bool) -> list[Hit]:
    ignores = read_ignores(subject)
    if not ignores:
        return list(hits)
    known = known_ids()
    told: list[Hit] = []
    kept = list(hits)
    for ignore in ignores:
        matched = [hit for hit in kept if _is_about(ignore, hit)]
        if ignore.rule not in known:
            told.append(_about_ignore(subject, ignore, "ignore-of-unknown-rule", f"There is no rule {ignore.rule!a}."))
        elif not ignore.reason:
            told.append(
                _about_ignore(
                    subject,
                    ignore,
                    "ignore-without-reason",
                    f"The ignore of {ignore.rule} gives no reason: it counts for nothing.",
                )
            )
        elif matched:
            kept = [hit for hit in kept if hit not in matched]
        elif has_squawk or ignore.rule not in TAKEN:
            told.append(
                _about_ignore(
                    subject, ignore, "ignore-without-effect", f"{ignore.rule} is ignored here, and not found here."
                )
            )
    return kept + told


def _is_about(ignore: Ignore, hit: Hit) -> bool:
    return hit.rule == ignore.rule and (ignore.statement is None or hit.statement in (None, ignore.statement))


def _about_ignore(subject: Subject, ignore: Ignore, rule: str, sentence: str) -> Hit:
    severity = Severity.NOTE if rule == "ignore-without-effect" else Severity.WARNING
    return Hit(
        rule,
        severity,
        subject.file.version,
        subject.direction,
        ignore.line,
        ignore.statement,
        sentence,
        "Write  -- lint: ignore RULE reason  in front of the statement.",
        path=subject.file.path,
    )
