"""What a keyset table tells its screen."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from textual.message import Message


@dataclass
class RowOpened(Message):
    """Enter or a double click on a row."""

    row: Any


@dataclass
class NothingOpened(Message):
    """Enter where there is no row."""


@dataclass
class CursorMoved(Message):
    """The cursor is on another row, or on none."""

    row: Any | None

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, CursorMoved)


@dataclass
class MarksChanged(Message):
    """Rows were marked or unmarked."""

    marked: int

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, MarksChanged)


@dataclass
class RangeWanted(Message):
    """A range from a marked row that is not held any more: the screen finds what lies between, and marks it."""

    start: Hashable
    end: Hashable


@dataclass
class WindowChanged(Message):
    """Rows came, or loading began or ended: the status line may have something else to say.

    `searched` counts keys that a filter tested in vain since the list was opened.
    """

    loaded: int
    searched: int
    loading: bool
    seconds: float | None = None  # how long the rows of the last page took

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WindowChanged) and self.seconds is None


@dataclass
class RowVanished(Message):
    """The row under the cursor is not in the list any more."""

    key: Hashable


@dataclass
class LoadFailed(Message):
    """Rows could not be read; those shown are older than asked for."""

    error: Exception


@dataclass
class LoadSlow(Message):
    """Rows have been waited for so long that a person is told; or not any more."""

    slow: bool


@dataclass
class BarClicked(Message):
    """The position bar was clicked, or dragged to a fraction of the list, from 0 to 1."""

    fraction: float

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, BarClicked)


@dataclass
class TitleClicked(Message):
    """The title of a column was clicked."""

    column: str
