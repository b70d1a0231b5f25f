"""How many users are listed: at least so many while rows come, bounded behind them, exactly when somebody asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from models.operations.text import grouped
from tui.browse.lists.counts import Matching, bounded_count, exact_count

if TYPE_CHECKING:
    from tui.browse.lists.pages import UserSource
    from tui.screens.base import AreaScreen
    from tui.screens.users.listing import UserList

COUNT_SECONDS: Final = 600.0


class Counts:
    """The counting of one list; the status line says how far it is."""

    def __init__(self, users: UserList) -> None:
        self._users = users

    def exactly(self, area: AreaScreen, source: UserSource) -> None:
        """Count exactly, in the background."""
        users = self._users
        users.tell("counting… Esc stops")

        def progress(part: float) -> None:
            users.call_later(users.tell, f"counting {part:.0%}, Esc stops")

        def counted(count: int) -> None:
            if source.query:
                users.stand(matching=Matching(count, more=False), counting="")
            else:
                users.tell(f"exactly {grouped(count)}")

        area.run_read(partial(exact_count, source, progress), counted, group="count", deadline=COUNT_SECONDS)

    def roughly(self, area: AreaScreen, source: UserSource) -> None:
        """Count up to a bound, behind the rows."""

        def counted(matching: Matching) -> None:
            self._users.stand(matching=matching, counting="")

        area.run_read(partial(bounded_count, source), counted, group="count")

    def from_rows(self, loaded: int) -> None:
        """Take what the rows held say of a list that is still the one: all of it, or at least so many."""
        users, window, known = self._users, self._users.table.window, self._users.standing.matching
        if users.source is None or window.source is not users.source or users.source.query != users.query_shown:
            return
        if window.whole:
            users.stand(matching=Matching(loaded, more=False))
        elif known is None or (known.more and known.value < loaded):
            users.stand(matching=Matching(loaded, more=True))
