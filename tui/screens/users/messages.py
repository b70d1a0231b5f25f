"""What the list of users tells its screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tui.browse.cost.indexes import Advice
    from tui.browse.search.query import Query, QueryError


@dataclass
class ListRead(Message):
    """Rows came. `words` say what the search cost and how long they took; `first` is set the first time.

    `advice` is the index that would have spared a scan.
    """

    words: str
    first: bool
    advice: Advice | None = None


@dataclass
class ListRefused(Message):
    """The query cannot be run: it names something that the database does not have."""

    error: QueryError


@dataclass
class ListTooSlow(Message):
    """The database stopped a search: it took longer than a statement may. The rows are those of before."""

    query: Query
    advice: Advice | None
