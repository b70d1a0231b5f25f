"""Where one list is read: the value that its source is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from models.engines.errors import DatabaseError, DatabaseUnavailable, PoolTimeout, StatementTimeout

if TYPE_CHECKING:
    from tui.database.replica.replica import Replica
    from tui.database.replica.whence import Whence

R = TypeVar("R")


class NotFromReplica(Exception):
    """The replica may not be read now, or was and failed: the primary is to be asked."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The primary alone, or a replica with the primary behind it."""

    replica: Replica | None = None

    @property
    def whence(self) -> Whence | None:
        """Where lists are read as of the last look; None where there is only the primary."""
        return self.replica.whence if self.replica is not None else None

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
            return await replica.read(work)
        except NotFromReplica:
            pass
        try:
            with replica.primary_here():
                return await work()
        except (DatabaseUnavailable, StatementTimeout) as lost:
            if isinstance(lost, PoolTimeout) or lost.code == "57014" or not await replica.stands_in():
                raise
            try:
                with replica.here():
                    return await work()
            except DatabaseError:
                raise lost from None

    async def of_primary(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return what `work` reads of the primary, also where a list is being read from the replica around it."""
        if self.replica is None:
            return await work()
        with self.replica.primary_here():
            return await work()


PRIMARY: Final = Reads()
"""Every list from the primary."""
