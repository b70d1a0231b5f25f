"""The tabs of a user's page, one file each: what it shows, where the keys go, what the keys on its rows do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.user.tabs import account, history, notes, roles, signin

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.screens.user.tabs.tab import Tab


def make_tabs(user_id: int, now: Callable[[], datetime]) -> tuple[Tab, ...]:
    """Return the tabs of a page in their order, with widgets of their own."""
    return (account.make(), roles.make(now), signin.make(now), notes.make(now), history.make(user_id, now))
