"""Changes of which nobody knows yet whether they happened. What they touch takes no other change until that is known.

They belong to the application and not to a screen: whoever leaves a page and comes back meets them again. Who keeps
them up to date is `keeping`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from models.engines.settlement import Fate
    from models.operations import Outcome


@dataclass(frozen=True, slots=True)
class Batch:
    """A bulk or an import in doubt: what it is, the users that it may have changed, and how to ask again."""

    words: str
    sentence: str
    users: frozenset[int]
    ask: Callable[[], Awaitable[Fate]]


@dataclass(slots=True)
class Doubts:
    """`others` are roles and views, by kind and id; `batches` are told apart by the number of their operation."""

    others: dict[tuple[str, int], Outcome] = field(default_factory=dict)
    batches: dict[UUID, Batch] = field(default_factory=dict)

    def batch_of(self, user_id: int) -> UUID | None:
        """The bulk or import that may have changed this user."""
        return next((op_id for op_id, batch in self.batches.items() if user_id in batch.users), None)
