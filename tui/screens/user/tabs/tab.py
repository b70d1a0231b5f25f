"""What a tab of a user's page is: a value with its widgets. No tab is a widget class, and none knows the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from textual.widget import Widget

if TYPE_CHECKING:
    from tui.browse.user.detail import Detail


@dataclass(frozen=True, slots=True)
class Deed:
    """What a key does to the row under the cursor: a verb of `verbs`, and what its screen takes besides the user."""

    verb: str
    more: Mapping[str, object] = field(default_factory=dict)


OnRow: TypeAlias = Callable[[], Deed | None]
"""What is to be done now; None: nothing is under the cursor."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab. `show` takes the user as just read, None when there is none any more; `again` reads what `show` does not
    bring; `moved` follows the cursor. `on_row` is by the name of the action, `hints` are ids of keys, most wanted
    first."""

    id: str
    title: str
    widgets: tuple[Widget, ...]
    focus: Callable[[], Widget]
    show: Callable[[Detail | None], Awaitable[None]]
    hints: tuple[str, ...]
    on_row: Mapping[str, OnRow] = field(default_factory=dict)
    again: Callable[[], None] | None = None
    moved: Callable[[], None] | None = None
