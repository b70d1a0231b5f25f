"""Where one list is read: the value that its source is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from models.engines.errors import DatabaseError, DatabaseUnavailable, PoolTimeout, StatementTimeout
from tui.database.replica.whence import Whence, of_replica

if TYPE_CHECKING:
    from tui.database.replica.replica import Replica

R = TypeVar("R")


class NotFromReplica(Exception):
    """The replica may not be read now, or was and failed: the primary is to be asked."""


@dataclass(slots=True)
class _Last:
    """Where the last read of one list came from."""

    whence: Whence | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """The primary alone, or a replica with the primary behind it. Each list has one of its own."""

    replica: Replica | None = None
    _last: _Last = field(default_factory=_Last, compare=False)

    @property
    def whence(self) -> Whence | None:
        """Where the list was read the last time; before the first time, where it would be. None where there is only the
        primary."""
        return self._last.whence or (self.replica.whence if self.replica is not None else None)

    async def run(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` reads: from the replica where it is near enough and shows every change of this program;
        else from the primary, and `work` is begun anew there. So it must do nothing but read.

        Raises what the primary's engine raises; a search that the replica's own time limit ended is not begun again.
        While the primary does not answer, the replica stands in, if it shows every change of this program.
        """
        replica = self.replica
        if replica is None:
            return await work()
        try:
            found = await replica.read(work)
        except NotFromReplica:
            why = replica.why_not
        else:
            # What was looked at meanwhile is not where these rows are from.
            self._last.whence = replica.whence if replica.whence.replica else of_replica(replica.lag)
            return found
        try:
            with replica.primary_here():
                found = await work()
        except (DatabaseUnavailable, StatementTimeout) as lost:
            if isinstance(lost, PoolTimeout) or lost.code == "57014" or not await replica.stands_in():
                raise
            self._last.whence = replica.whence
            try:
                with replica.here():
                    return await work()
            except DatabaseError:
                raise lost from None
        self._last.whence = why
        return found

    async def of_primary(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` reads of the primary, also where a list is being read from the replica around it."""
        if self.replica is None:
            return await work()
        with self.replica.primary_here():
            return await work()


PRIMARY: Final = Reads()
"""Every list from the primary."""
