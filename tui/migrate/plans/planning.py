"""Which files would be applied, exactly, and why not. Pure: a plan is a value, made from a listing, executing nothing.

plan_apply(project, listing)                 everything that is pending
plan_apply(project, listing, until="12")     up to and with 12
plan_next(project, listing)                  the first one only
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tui.migrate.plans.action import Action
from tui.migrate.states import Entry, Listing, State
from tui.migrate.wording import ahead_sentence, listed

if TYPE_CHECKING:
    from tui.migrate.source.files import Direction
    from tui.migrate.source.project import Project


_ALWAYS: Final = (State.MISSING, State.CHANGED, State.DUPLICATE_ROWS)
"""What is worth knowing before any plan, whichever file it is about."""

SPELLED: Final = 8
"""Numbers that are named one by one. The files of a plan are listed beside it in any case."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file as it was when the plan was made. The worker refuses it when its hash has changed."""

    version: str
    number: int
    name: str
    sha256: str
    transactional: bool
    dynamic: bool
    irreversible: bool


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the person must have seen before agreeing."""

    state: State
    version: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What will be done to which files, and the state it was computed from. Nothing may be run with `refusals`.

    `expected` is every row of Aerich's table, (app, version) oldest first: the worker reads them again under its lock,
    and stops when they differ. `create`: a missing SQLite file is made.
    """

    project: Project
    files: tuple[PlannedFile, ...]
    expected: tuple[tuple[str, str], ...]
    refusals: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    create: bool = False
    action: Action = Action.APPLY
    reason: str = ""
    """Why, in the person's words: stamps and unstamps need it."""
    at_once: bool = False
    """All files in one transaction, or none of them; only where all are transactional."""
    resume: Mapping[str, int] = field(default_factory=dict)
    """By version of a file without a transaction: how many of its statements are done already."""

    @property
    def is_ok(self) -> bool:
        return not self.refusals

    @property
    def versions(self) -> tuple[str, ...]:
        return tuple(file.version for file in self.files)

    @property
    def direction(self) -> Direction:
        """Which of a file's two scripts the action is about."""
        return "down" if self.action.is_down else "up"

    @property
    def target(self) -> str:
        """Spelled out, `apply 12, 13 and 14`; of more than `SPELLED` files how many, and the first and the last."""
        numbers = [str(file.number) for file in self.files]
        if len(numbers) > SPELLED:
            return f"{self.action} {len(numbers)} files, {numbers[0]} to {numbers[-1]}"
        return f"{self.action} {listed(numbers, 'and') if numbers else 'nothing'}"

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "action": str(self.action),
            "project": self.project.name,
            "app": self.project.app,
            "files": [
                {
                    "version": file.version,
                    "number": file.number,
                    "name": file.name,
                    "sha256": file.sha256,
                    "transactional": file.transactional,
                    "dynamic": file.dynamic,
                    "irreversible": file.irreversible,
                }
                for file in self.files
            ],
            "refusals": list(self.refusals),
            "cautions": [
                {"state": str(caution.state), "version": caution.version, "sentence": caution.sentence}
                for caution in self.cautions
            ],
        }


def plan_apply(
    project: Project,
    listing: Listing,
    until: str | None = None,
    *,
    writable: bool = True,
    read_only: str = "",
    create: bool = False,
) -> RunPlan:
    """The pending files in Aerich's order, up to and with `until` (a version, a name or a number).

    `writable` False (a replica, a read-only session) refuses; `read_only` is why, in a sentence. Never raises: what is
    wrong is in `refusals`.
    """
    refusals: list[str] = []
    chosen: Sequence[Entry] = listing.pending
    if until is not None:
        chosen, refusal = _up_to(listing, until)
        refusals.extend([refusal] if refusal else [])
    return _plan(project, listing, chosen, refusals, writable=writable, read_only=read_only, create=create)


def plan_next(
    project: Project, listing: Listing, *, writable: bool = True, read_only: str = "", create: bool = False
) -> RunPlan:
    """The first pending file only."""
    return _plan(project, listing, listing.pending[:1], [], writable=writable, read_only=read_only, create=create)


def common_refusals(listing: Listing, *, writable: bool = True, read_only: str = "") -> list[str]:
    """What stands against any plan: the state is not known, or the database takes no changes."""
    refusals = [] if listing.is_known else ["Which migrations the database has is not known."]
    if not writable:
        refusals.append(f"The database takes no changes. {read_only or 'It is a replica, or was opened read-only.'}")
    return refusals


def _plan(
    project: Project,
    listing: Listing,
    chosen: Sequence[Entry],
    refusals: list[str],
    *,
    writable: bool,
    read_only: str,
    create: bool,
) -> RunPlan:
    if listing.is_known and not chosen and not refusals and not listing.ahead:
        refusals.append("Nothing is pending.")
    if listing.ahead:
        refusals.append(
            f"{ahead_sentence(listing.ahead, listing.ahead_in)} Switch to the branch with these files, or update."
        )
    refusals.extend(common_refusals(listing, writable=writable, read_only=read_only))
    seen = {entry.version for entry in chosen}
    refusals.extend(
        f"{problem.version} was cut off half-way. {problem.sentence} Recover it first."
        for problem in listing.problems
        if problem.state is State.PARTIAL and problem.version in seen
    )
    refusals.extend(
        f"{problem.version} cannot be read: {problem.sentence}"
        for problem in listing.problems
        if problem.state is State.UNREADABLE and problem.version in seen
    )
    cautions = [
        Caution(problem.state, problem.version, problem.sentence)
        for problem in listing.problems
        if not problem.blocks and (problem.version in seen or problem.state in _ALWAYS)
    ]
    return RunPlan(
        project,
        tuple(planned_file(entry) for entry in chosen),
        listing.expected,
        tuple(refusals),
        tuple(cautions),
        create,
    )


def _up_to(listing: Listing, until: str) -> tuple[Sequence[Entry], str]:
    """The pending entries up to one, or none and why."""
    found = listing.find(until)
    if not found:
        return (), f"There is no migration {until!a}."
    pending = [entry for entry in found if entry.is_pending]
    if len(pending) > 1:
        return (), f"{until} is more than one migration: {listed([e.version for e in pending], 'and')}. Name one."
    if not pending:
        return (), f"{found[0].version} is not pending: it is {found[0].state}."
    return listing.pending[: listing.pending.index(pending[0]) + 1], ""


def planned_file(entry: Entry) -> PlannedFile:
    """An entry that has a file with a number, as a plan holds it."""
    file = entry.file
    assert file is not None
    assert file.number is not None
    return PlannedFile(
        file.version, file.number, file.name, file.sha256, file.transactional, file.dynamic, file.irreversible
    )


__all__ = ["Caution", "PlannedFile", "RunPlan", "common_refusals", "plan_apply", "plan_next", "planned_file"]
