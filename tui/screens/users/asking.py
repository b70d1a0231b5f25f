"""What the list of users asks with a dialog before it lists anything else: filters, an order, a place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.browse.cost.indexes import lacking_orders
from tui.browse.lists.goto import GotoError, parse_goto
from tui.browse.search.query import parse
from tui.browse.search.vocabulary import load_vocabulary
from tui.screens.dialogs.filters import FiltersDialog
from tui.screens.dialogs.goto import GotoDialog
from tui.screens.dialogs.order import OrderDialog
from tui.screens.palette import Command

if TYPE_CHECKING:
    from tui.browse.lists.orders import Order
    from tui.browse.search.complete import Vocabulary
    from tui.screens.users.screen import UsersScreen


def ask_for_filters(screen: UsersScreen) -> None:
    """Let filters be picked from a panel, which writes the text of the box."""

    def chosen(text: str | None) -> None:
        if text is not None:
            screen.box.text = text
            screen.table.focus()
            screen.search(parse(text))

    def known(vocabulary: Vocabulary) -> None:
        if screen.app.screen is screen:
            screen.app.push_screen(FiltersDialog(screen.box.text, vocabulary.roles, screen.line.ask_price), chosen)

    screen.run_read(load_vocabulary, known, group="vocabulary")


def ask_for_order(screen: UsersScreen) -> None:
    """Let an order be chosen; which of them the database cannot serve is known a moment later."""

    def chosen(order: Order | None) -> None:
        if order is not None:
            screen.users.order_by(order)

    dialog = OrderDialog(screen.users.order)
    screen.app.push_screen(dialog, chosen)
    screen.run_read(lacking_orders, dialog.lack, group="orders", failed=lambda _: None)


def ask_where(screen: UsersScreen, text: str = "") -> None:
    """Let a place in the list be typed."""
    screen.app.push_screen(GotoDialog(screen.users.goto, text))


def goto_command(screen: UsersScreen, text: str) -> Command | None:
    """Return what `goto 50%` in the palette does; None when it is something else."""
    name, _, place = text.removeprefix(":").strip().partition(" ")
    place = place.strip()
    if name != "goto" or not place:
        return None
    try:
        goto = parse_goto(place)
    except GotoError as error:
        return Command(str(error), "not a place in a list", partial(ask_where, screen, place))
    go = partial(screen.users.goto, goto, place, lambda: None, screen.shell.warn)
    return Command(f"Go to {place}", "in the list of users", go)
