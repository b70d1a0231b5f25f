"""The users between two rows of a list, in the list's own order: what a range of marks is, however far it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.text import grouped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.browse.lists.pages import UserSource
    from tui.browse.lists.rows import Position

MOST: Final = 100_000
"""Users of a range at most: a longer one is better said as a search, and frozen in one query."""

PAGE: Final = 1_000


class RangeError(ValueError):
    """A range that cannot be had; the message is one sentence."""


async def ids_between(
    source: UserSource, one: int, other: int, progress: Callable[[int], object] | None = None
) -> list[int]:
    """Return the ids of all users from one row of the list to another, both among them, in either direction.

    `progress` is told how many there are so far. Raises RangeError when one of the two is not in the list any more, and
    for more than MOST users.
    """
    found = [await source.find(user_id) for user_id in (one, other)]
    first, last = found
    if first is None or last is None:
        gone = one if first is None else other
        raise RangeError(
            f"#{gone} is not in this list any more, so there is no range from it. Mark its first row anew."
        )
    start, end = sorted((first.position, last.position), key=lambda place: _rank(source, place))
    begun = first.id if start == first.position else last.id
    ids, edge = [begun], start
    while ids[-1] != (last.id if begun == first.id else first.id):
        page = await source.page(edge, PAGE, forward=True)
        inside = [row.id for row in page.rows if _rank(source, row.position) <= _rank(source, end)]
        ids += inside
        if len(ids) > MOST:
            raise RangeError(f"More than {grouped(MOST)} users lie between: narrow the search, and mark all with *.")
        if progress is not None:
            progress(len(ids))
        if len(inside) < len(page.rows) or page.edge is None or _rank(source, page.edge) >= _rank(source, end):
            break
        edge = page.edge
    return ids


def _rank(source: UserSource, place: Position) -> _Rank:
    return _Rank(place, descending=source.access.stretches[place.segment].segment.descending)


class _Rank:
    """A position that can be compared with others of the same list: by segment, then by key, in its direction."""

    __slots__ = ("_descending", "_place")

    def __init__(self, place: Position, *, descending: bool) -> None:
        self._place = place
        self._descending = descending

    def __lt__(self, other: _Rank) -> bool:
        if self._place.segment != other._place.segment:
            return self._place.segment < other._place.segment
        if self._descending:
            return bool(self._place.key > other._place.key)
        return bool(self._place.key < other._place.key)

    def __le__(self, other: _Rank) -> bool:
        return self < other or self._place == other._place

    def __ge__(self, other: _Rank) -> bool:
        return other <= self
