"""The steps of making put together, for one project or for both dialects of Shellback's own models.

making = await begin(project, known, answers)       drafts, and what stands in the way
making = await tried(making, name)                  the files, tried
paths = await asyncio.to_thread(write_all, making)  written, all or none
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.migrate.make.draft import Draft, draft_migration
from tui.migrate.make.naming import next_version
from tui.migrate.make.trial import Trial, try_draft
from tui.migrate.make.writing import NotWritten, put, why_not_writable, write
from tui.migrate.running.events import Event
from tui.migrate.source.files import number_of, read_files
from tui.migrate.source.project import Project, own_project
from tui.migrate.wording import ahead_sentence

if TYPE_CHECKING:
    from tui.migrate.states import Listing

_ELSEWHERE: Final = {
    "sqlite": "sqlite:///nowhere/shellback.sqlite3",
    "postgres": "postgres://shellback@localhost/shellback",
}
"""What the models' SQL of the other dialect is made with: nothing connects there."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file to be: the project, what it says, and how it did."""

    project: Project
    draft: Draft
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """One file, or the two of Shellback's own trees. The first part is of the database that is open."""

    parts: tuple[Part, ...]

    @property
    def first(self) -> Part:
        return self.parts[0]

    @property
    def refusal(self) -> str:
        """Why nothing can be drafted."""
        return next((part.draft.refusal for part in self.parts if part.draft.refusal), "")

    @property
    def has_changes(self) -> bool:
        return any(part.draft.has_changes for part in self.parts)

    @property
    def is_ok(self) -> bool:
        """Whether every file may be written."""
        return all(part.trial is not None and part.trial.is_ok for part in self.parts)


def parts_of(project: Project) -> tuple[Project, ...]:
    """The project; for our own the tree of the other dialect, too."""
    if project.own_url is None:
        return (project,)
    from tui.settings import parse_url

    other = "postgres" if project.own_url.dialect == "sqlite" else "sqlite"
    return project, own_project(parse_url(_ELSEWHERE[other]))


def refusals(project: Project, listing: Listing | None = None, *, read_only: bool = False) -> tuple[str, ...]:
    """What stands against making one here, in sentences. `listing`: with the database's rows, where these are known."""
    found = [reason for part in parts_of(project) if (reason := why_not_writable(part))]
    if read_only:
        found.append(
            "This was opened read-only, or the database is a replica: migrations are made where one can write."
        )
    if listing is not None and listing.ahead:
        found.append(
            f"{ahead_sentence(listing.ahead, listing.ahead_in)} A migration made now would not follow it. "
            "Switch to the branch with these files, or update."
        )
    return tuple(dict.fromkeys(found))


async def begin(project: Project, answers: Sequence[str] = (), *, empty: bool = False) -> Making:
    """Drafts each part in a process of its own. Raises `ProjectError` without consent, OSError."""
    drafts = [Part(part, await draft_migration(part, answers, empty=empty)) for part in parts_of(project)]
    return Making(tuple(drafts))


def version_of(making: Making, name: str, known: Sequence[str] = ()) -> str:
    """The next name that is free in each tree. `known`: versions that the database has, with a file or without."""
    taken = [file.version for part in making.parts for file in read_files(part.project) if file.number is not None]
    return next_version([*taken, *(version for version in known if number_of(version) is not None)], name)


async def tried(making: Making, version: str, *, on_event: Callable[[Event], object] | None = None) -> Making:
    """The same with each file built and tried. Raises as `begin`."""
    parts = []
    for part in making.parts:
        trial = await try_draft(part.project, part.draft, version, on_event=on_event)
        parts.append(replace(part, trial=trial))
    return Making(tuple(parts))


def write_all(making: Making) -> tuple[Path, ...]:
    """Writes every file; when one cannot be, those just written are taken away again. Raises NotWritten."""
    written: list[Path] = []
    try:
        for part in making.parts:
            assert part.trial is not None
            written.append(write(part.project, part.trial.version, part.trial.text, part.draft.base))
    except NotWritten:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        raise
    return tuple(written)


def put_elsewhere(making: Making, folder: Path) -> tuple[Path, ...]:
    """Writes every file into a folder outside of the project, of two one by dialect. Raises NotWritten."""
    found = []
    for part in making.parts:
        assert part.trial is not None
        place = folder / part.draft.dialect if len(making.parts) > 1 else folder
        found.append(put(place, part.trial.version, part.trial.text))
    return tuple(found)
