"""A draft tried: its file built by Aerich's template, run up, down and up again on a scratch database, and linted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.migrate.make.draft import Draft
from tui.migrate.process.sql.ddl import deeds_of
from tui.migrate.running.events import Event
from tui.migrate.running.faults import fault_of
from tui.migrate.running.jobs import run_job
from tui.migrate.source.files import MigrationFile, parse_file, read_files
from tui.sanitise import sanitise, sanitise_block

if TYPE_CHECKING:
    from tui.migrate.lint import Hit
    from tui.migrate.source.project import Project


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a draft. It is written as it is only when `is_ok`, or when the person insists.

    `text` is the file. `how` names the place it ran on; `untried` says why there was none.
    """

    version: str
    text: str = ""
    how: str = ""
    untried: str = ""
    trouble: str = ""
    """Why the file cannot stand: it does not run. A sentence with the statement."""
    statement: str = ""
    back: tuple[str, ...] = ()
    """What is different after up and down from before."""
    again: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    """Where models and files differ once it was run."""
    older: tuple[str, ...] = ()
    """Where they differed before it already."""
    hits: tuple[Hit, ...] = ()
    file: MigrationFile | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it ran, or could not be tried for a reason that is not its own."""
        return bool(self.text) and not self.trouble

    @property
    def is_clean(self) -> bool:
        """Whether it ran both ways, and models and files agree afterwards."""
        return self.is_ok and not (self.untried or self.back or self.again or self.differences)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the worst first; safe to show."""
        if self.trouble:
            return (self.trouble,)
        found = [f"It was not tried: {self.untried}"] if self.untried else []
        found += [f"The way back is not whole: {each}." for each in self.back]
        found += [f"The second time ends elsewhere: {each}." for each in self.again]
        found += [f"Models and files differ: {each}." for each in self.differences]
        if not found and self.older:
            found.append(f"It ran on {self.how}.")
        elif not found:
            ways = "up, down and up again" if self.file is None or not self.file.irreversible else "up"
            found.append(f"It ran {ways} on {self.how}, and the models agree with the files.")
        if self.older:
            count = len(self.older)
            found.append(
                f"Models and files differed before in {count} place{'s' if count > 1 else ''}: {self.older[0]}."
            )
        if self.file is not None and not self.file.transactional:
            found.append("It runs outside of a transaction (RUN_IN_TRANSACTION = False): what fails half-way stays.")
        if self.file is not None and self.file.irreversible:
            found.append("It cannot be taken back: there is no SQL down.")
        return tuple(found)


async def try_draft(
    project: Project,
    draft: Draft,
    version: str,
    *,
    on_event: Callable[[Event], object] | None = None,
    cancel: asyncio.Event | None = None,
) -> Trial:
    """Builds the file and runs it, in a fresh process. Raises `ProjectError` without consent, OSError."""
    order = {
        "job": "make",
        "stage": "try",
        "version": version,
        "up": draft.up,
        "down": draft.down,
        "state": draft.state,
        "transactional": not needs_no_transaction(draft),
    }
    end = await run_job(project, order, on_event, cancel=cancel)
    if end.fault is not None:
        return Trial(version, trouble=end.fault.message)
    values = end.values
    if values.get("outcome") != "tried":
        return Trial(version, trouble=sanitise(values.get("sentence") or "It was cancelled.", 600))
    text = str(values["text"])
    trouble, statement = "", ""
    if error := values.get("error"):
        fault = fault_of(values, end.output)
        trouble = sanitise(f"It does not run {values['direction']}: {fault.message}", 2000)
        statement = sanitise_block(error.get("text") or "", 4000)
    trial = Trial(
        version,
        text,
        how=sanitise(values["how"], 200),
        untried=sanitise(values["untried"], 600),
        trouble=trouble,
        statement=statement,
        back=_lines(values.get("back")),
        again=_lines(values.get("again")),
        differences=_lines(values.get("differences")),
        older=_lines(values.get("older")),
    )
    return await asyncio.to_thread(_linted, trial, project, draft)


def needs_no_transaction(draft: Draft) -> bool:
    """Whether a statement of it cannot run inside of one: CREATE INDEX CONCURRENTLY and its like."""
    return any(deed.concurrently for script in (draft.up, draft.down) for deed in deeds_of(script, draft.dialect))


def _linted(trial: Trial, project: Project, draft: Draft) -> Trial:
    from tui.migrate.lint import lint_files

    file = parse_file(Path(project.folder, trial.version), trial.text.encode())
    every = read_files(project)
    report = lint_files([file], draft.dialect, every=[*every, file])
    return replace(trial, file=file, hits=tuple(report.by_version.get(trial.version, ())))


def _lines(values: object) -> tuple[str, ...]:
    return tuple(sanitise(each, 400) for each in values) if isinstance(values, list) else ()
