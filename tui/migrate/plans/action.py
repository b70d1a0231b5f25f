"""What a run does with each of its files. One machinery runs all four."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """STAMP records a file as applied without running it, UNSTAMP forgets its row without running it."""

    APPLY = "apply"
    REVERT = "revert"
    STAMP = "stamp"
    UNSTAMP = "unstamp"

    @property
    def is_down(self) -> bool:
        """Whether the file's row is gone afterwards."""
        return self in (Action.REVERT, Action.UNSTAMP)

    @property
    def runs_sql(self) -> bool:
        """Whether the file's own SQL is run; the others only write Aerich's rows."""
        return self in (Action.APPLY, Action.REVERT)

    @property
    def where(self) -> str:
        """The word before the database: `apply 3 to`, `revert 3 on`."""
        return "to" if self is Action.APPLY else "on"

    @property
    def done(self) -> str:
        """The word for what was done: `applied`, `reverted`, `stamped`, `unstamped`."""
        return {
            Action.APPLY: "applied",
            Action.REVERT: "reverted",
            Action.STAMP: "stamped",
            Action.UNSTAMP: "unstamped",
        }[self]
