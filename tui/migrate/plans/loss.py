"""What a revert would take for good, counted before anybody agrees to it: rows, values, what a cast would cut.

    report = await count_loss(plan, files)
    report.losses, report.destroys, report.fault

The worker counts, bounded in time: exactly as far as that goes, else the planner's estimate, and then it is said. Of a
downgrade that is a program only running it tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.migrate.process.sizing.losing import Lost
from tui.migrate.running.jobs import run_job
from tui.migrate.wording import spaced
from tui.sanitise import sanitise

if TYPE_CHECKING:
    import asyncio

    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.source.files import MigrationFile


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is gone afterwards. `count` None: not known, and `note` says why. Texts are safe to show."""

    version: str
    lost: Lost
    table: str = ""
    column: str = ""
    type: str = ""
    count: int | None = None
    how: str = ""
    """exact, about (the planner's estimate) or more (it was not counted further)."""
    cascades: bool = False
    also: tuple[str, ...] = ()
    """Tables whose rows go with them."""
    note: str = ""

    @property
    def amount(self) -> str:
        """`12`, `1 204`, `~10.0 M`, `more than 1 000 000`; "" where it is not known."""
        if self.count is None:
            return ""
        if self.how == "about":
            return f"~{self.count / 1_000_000:.1f} M" if self.count >= 1_000_000 else f"~{spaced(self.count)}"
        return f"more than {spaced(self.count)}" if self.how == "more" else spaced(self.count)

    @property
    def sentence(self) -> str:
        """`item.colour: 12 values are dropped.`"""
        if self.lost is Lost.UNKNOWN:
            return self.note
        place = f"{self.table}.{self.column}" if self.lost in (Lost.VALUES, Lost.CUT) else self.table
        if self.count is None:
            return f"{place}: {_WHAT[self.lost]}, how many is not known. {self.note}".rstrip()
        more = f", with what depends on the {_ONE[self.lost]}" if self.cascades else ""
        if self.also:
            more = f", with the rows of {', '.join(self.also)} that refer to them"
        if self.lost is Lost.ROWS and self.count == 0:
            return f"{place}: the table is empty{more}."
        return f"{place}: {self.amount} {self._words()}{more}."

    def _words(self) -> str:
        one = self.count == 1 and self.how == "exact"
        match self.lost:
            case Lost.VALUES:
                return "value is dropped" if one else "values are dropped"
            case Lost.CUT:
                return f"{'value' if one else 'values'} would be cut to {self.type}"
            case Lost.REWRITTEN:
                return f"{'row gets' if one else 'rows get'} another {self.column}"
            case Lost.LEFT_OUT:
                return "row is not copied" if one else "rows are not copied"
        return "row is deleted" if one else "rows are deleted"

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "version": self.version,
            "lost": str(self.lost),
            "table": self.table or None,
            "column": self.column or None,
            "type": self.type or None,
            "count": self.count,
            "how": self.how or None,
            "also": list(self.also),
            "sentence": self.sentence,
        }


_WHAT = {
    Lost.ROWS: "rows are deleted",
    Lost.VALUES: "values are dropped",
    Lost.CUT: "values are cast to another type",
    Lost.DELETED: "rows are deleted",
    Lost.LEFT_OUT: "rows are not copied",
    Lost.REWRITTEN: "rows are rewritten",
}
_ONE = {Lost.ROWS: "table", Lost.VALUES: "column"}


@dataclass(frozen=True, slots=True)
class LossReport:
    """What was counted, in the order of the plan. With `fault`, a sentence, nothing was."""

    losses: tuple[Loss, ...] = ()
    fault: str = ""

    @property
    def destroys(self) -> bool:
        """Whether something may be gone for good afterwards: something was counted, or is not known."""
        return bool(self.fault) or any(loss.count != 0 for loss in self.losses)

    def sentences(self) -> Iterator[str]:
        """One for each loss; that there is none; or that it is not known."""
        if self.fault:
            yield f"What is lost could not be counted. {self.fault}"
        elif not self.losses:
            yield "No rows and no values are lost, as far as the SQL tells."
        yield from (loss.sentence for loss in self.losses)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"losses": [loss.as_json() for loss in self.losses], "fault": self.fault or None}


async def count_loss(
    plan: RunPlan, files: Mapping[str, MigrationFile], *, cancel: asyncio.Event | None = None
) -> LossReport:
    """Counts for a plan that reverts. `files` are those of the plan as they were read, by version.

    A database that does not answer is a `fault`. Raises `ProjectError` without consent to run the project.
    """
    scripts = [[file.version, files[file.version].down.sql, files[file.version].down.is_program] for file in plan.files]
    end = await run_job(plan.project, {"job": "loss", "scripts": scripts}, cancel=cancel)
    if end.fault is not None:
        return LossReport(fault=end.fault.message)
    return LossReport(tuple(_loss(each) for each in _known(end.values.get("losses"))))


def _known(found: Any) -> Sequence[Mapping[str, Any]]:
    return found if isinstance(found, list) else ()


def _loss(told: Mapping[str, Any]) -> Loss:
    count = told.get("count")
    return Loss(
        str(told["version"]),
        Lost(told["lost"]),
        sanitise(told.get("table"), 130),
        sanitise(told.get("column"), 400),
        sanitise(told.get("type"), 100),
        int(count) if count is not None else None,
        str(told.get("how") or ""),
        bool(told.get("cascades")),
        tuple(sanitise(name, 130) for name in told.get("also") or ()),
        sanitise(told.get("note"), 400),
    )
