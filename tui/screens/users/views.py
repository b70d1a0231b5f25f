"""The views and the columns of the list of users: what `V` and `C` open, and what is done with the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.browse.search.query import QueryError, parse
from tui.sanitise import sanitise
from tui.screens.palette import Command

if TYPE_CHECKING:
    from tui.browse.lists.views import View
    from tui.screens.users.screen import UsersScreen


def ask_for_view(screen: UsersScreen) -> None:
    """Open a view, or keep the present search as one."""
    from models.operations.views import ViewContent
    from tui.screens.views.dialog import ViewsDialog

    users = screen.users
    order = str(users.order) if users.has_order else None
    content = ViewContent(str(users.query_shown), users.columns, order)
    screen.app.push_screen(ViewsDialog(content, users.view), partial(open_view, screen))


def open_view(screen: UsersScreen, view: View | None) -> None:
    """List a view, with its search in the box; None leaves everything as it is."""
    if view is None:
        return
    if sanitise(view.query, len(view.query) + 1) != view.query:  # the box shows a text and changes it as it is
        screen.shell.warn("This view's search holds characters that cannot be shown. It was not opened.")
        return
    try:
        query = parse(view.query)
    except QueryError as error:
        screen.shell.warn(f"This view cannot be opened: {error.message}.")
        return
    screen.box.text = view.query
    screen.box.show_error(None)
    screen.users.show_view(view, query)


def commands(screen: UsersScreen) -> list[Command]:
    """The built-in views by name, for the palette."""
    from tui.browse.lists.views import BUILT_IN

    return [Command(f"View {view.name}", view.query, partial(open_view, screen, view)) for view in BUILT_IN]


def ask_for_columns(screen: UsersScreen) -> None:
    """Choose the columns; they are remembered."""
    from tui.screens.dialogs.columns import ColumnsDialog

    def chosen(names: tuple[str, ...] | None) -> None:
        if names is not None:
            screen.users.choose_columns(names)

    screen.app.push_screen(ColumnsDialog(screen.users.columns), chosen)
