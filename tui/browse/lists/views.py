"""Views of the list of users: named queries, the built-in ones, one's own, and those that others share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tortoise.expressions import Q

from models import SavedView
from models.operations.view_names import OWN_LIMIT, SHARED_LIMIT
from models.usernames import key
from models.view import BUILT_IN_NAMES
from tui.browse.lists.columns import chosen_columns
from tui.browse.lists.orders import Order, OrderError, parse_order


class Whose(StrEnum):
    """Where a view comes from."""

    BUILT_IN = "built-in"
    OWN = "own"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class View:
    """One view. Texts are as stored, not yet safe to show. `columns` and `order` are None where the view leaves them
    as they are; `id` is 0 for a built-in one. A view of one's own can be shared too."""

    name: str
    query: str
    whose: Whose = Whose.BUILT_IN
    columns: tuple[str, ...] | None = None
    order: str | None = None
    id: int = 0
    owner: str = ""
    is_shared: bool = False
    version: int = 0

    def parsed_order(self) -> Order | None:
        """Return the order; None too for one that there is not any more."""
        try:
            return parse_order(self.order) if self.order else None
        except OrderError:
            return None

    def chosen_columns(self) -> tuple[str, ...] | None:
        """Return the columns that there are."""
        return chosen_columns(self.columns) if self.columns else None

    def as_json(self) -> dict[str, object]:
        """Return the view as a JSON object."""
        return {
            "name": self.name,
            "query": self.query,
            "kind": str(self.whose),
            "columns": list(self.columns) if self.columns else None,
            "order": self.order,
            "id": self.id or None,
            "owner": self.owner or None,
            "shared": self.is_shared,
            "version": self.version or None,
        }


_QUERIES: Final = (
    "is:locked",
    "is:password-expired",
    "is:superuser",
    "has:role is:inactive",
    "has:session -is:active",
    "is:never-logged-in created:>90d",
    "is:look-alike",
)

BUILT_IN: Final = tuple(View(name, query) for name, query in zip(BUILT_IN_NAMES, _QUERIES, strict=True))
"""Those that are always there."""


async def load_views(user_id: int | None) -> tuple[View, ...]:
    """Return what a person can open: the built-in views, then their own and those shared by others, by name."""
    visible = SavedView.filter(Q(owner_id=user_id or 0) | Q(is_shared=True)).limit(OWN_LIMIT + SHARED_LIMIT)
    found = [
        View(
            row["name"],
            row["query"],
            Whose.OWN if row["owner_id"] == user_id else Whose.SHARED,
            tuple(map(str, row["columns"])) if isinstance(row["columns"], list) else None,
            row["order"],
            row["id"],
            row["owner__username"],
            bool(row["is_shared"]),
            row["version"],
        )
        for row in await visible.values(
            "id", "name", "query", "columns", "order", "owner_id", "owner__username", "is_shared", "version"
        )
    ]
    return (*BUILT_IN, *sorted(found, key=lambda view: (view.whose, key(view.name), view.id)))


def find_view(views: Sequence[View], name: str) -> View | None:
    """Return the view of a name, whatever its case: one's own before a shared one."""
    wanted = key(" ".join(name.split()))
    by_rank = sorted(views, key=lambda view: list(Whose).index(view.whose))
    return next((view for view in by_rank if key(view.name) == wanted), None)


def matching_views(views: Sequence[View], text: str) -> tuple[View, ...]:
    """Return the views whose name, query or owner holds every word of `text`, whatever its case."""
    words = [key(word) for word in text.split()]
    return tuple(view for view in views if all(word in key(f"{view.name} {view.query} {view.owner}") for word in words))
