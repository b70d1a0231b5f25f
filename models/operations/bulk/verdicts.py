"""What becomes of one row of a bulk, as one byte: the numbers that SQL computes, and what they say to people."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class RowResult(StrEnum):
    """How a row ended. PENDING: a stopped bulk did not come to it."""

    OK = "ok"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    DENIED = "denied"
    ERROR = "error"
    PENDING = "pending"


class Verdict(IntEnum):
    """The same, with the reason. The numbers are kept in journals: never give one another meaning."""

    PENDING = 0
    OK = 1
    UNCHANGED = 2
    UNDONE = 3
    CHANGED = 10
    GONE = 11
    DELETED = 12
    WRITTEN_OVER = 13
    TAKEN = 14
    YOURSELF = 20
    LAST_SUPERUSER = 21
    LASTING_SUPERUSER = 22
    SUPERUSER = 23
    RANK = 24
    PERMISSION = 25
    FOR_GOOD = 26
    FAILED = 30

    @property
    def result(self) -> RowResult:
        """Return the result without the reason."""
        return _RESULTS[self]

    @property
    def reason(self) -> str:
        """Return the reason as a sentence without its full stop; "" where there is nothing to explain."""
        return _REASONS.get(self, "")


_RESULTS: Final[Mapping[Verdict, RowResult]] = {
    Verdict.PENDING: RowResult.PENDING,
    Verdict.OK: RowResult.OK,
    Verdict.UNCHANGED: RowResult.UNCHANGED,
    Verdict.UNDONE: RowResult.UNCHANGED,
    Verdict.CHANGED: RowResult.CONFLICT,
    Verdict.GONE: RowResult.CONFLICT,
    Verdict.DELETED: RowResult.CONFLICT,
    Verdict.WRITTEN_OVER: RowResult.CONFLICT,
    Verdict.TAKEN: RowResult.CONFLICT,
    Verdict.YOURSELF: RowResult.DENIED,
    Verdict.LAST_SUPERUSER: RowResult.DENIED,
    Verdict.LASTING_SUPERUSER: RowResult.DENIED,
    Verdict.SUPERUSER: RowResult.DENIED,
    Verdict.RANK: RowResult.DENIED,
    Verdict.PERMISSION: RowResult.DENIED,
    Verdict.FOR_GOOD: RowResult.DENIED,
    Verdict.FAILED: RowResult.ERROR,
}

_REASONS: Final[Mapping[Verdict, str]] = {
    Verdict.PENDING: "not reached",
    Verdict.UNCHANGED: "already so",
    Verdict.UNDONE: "undone already",
    Verdict.CHANGED: "changed since it was selected",
    Verdict.GONE: "no longer there",
    Verdict.DELETED: "deleted",
    Verdict.WRITTEN_OVER: "changed again since",
    Verdict.TAKEN: "the former name is somebody else's, or looks like it",
    Verdict.YOURSELF: "your own account",
    Verdict.LAST_SUPERUSER: "the last active superuser",
    Verdict.LASTING_SUPERUSER: "the last superuser without an end date",
    Verdict.SUPERUSER: "a superuser, and only a superuser may change one",
    Verdict.RANK: "holds permissions that you do not",
    Verdict.PERMISSION: "needs a permission that you do not have",
    Verdict.FOR_GOOD: "cannot be undone",
    Verdict.FAILED: "the database refused it",
}

FAILURES: Final = frozenset({RowResult.CONFLICT, RowResult.DENIED, RowResult.ERROR, RowResult.PENDING})
"""What a retry takes up again."""
