"""In which order the users are listed: only orders that an index serves are offered."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.browse.orders import Order, OrderBy
from tui.screens.dialogs.base import Dialog


class OrderDialog(Dialog[Order]):
    """Answers the order chosen, or None."""

    WIDTH = 48
    DEFAULT_CSS = """
    OrderDialog OptionList { height: auto; border: none; padding: 0; margin: 0 0 1 0; background: $surface; }
    """

    def __init__(self, order: Order) -> None:
        super().__init__("Order by")
        self._order = order
        self._orders = [Order(by, descending) for by in OrderBy for descending in (False, True)]

    def compose_body(self) -> ComposeResult:
        yield OptionList(
            *(Option(Content(f"{'•' if order == self._order else ' '} {order.words()}")) for order in self._orders),
            compact=True,
        )
        yield Static(
            Content("Only orders that an index serves: any other would read the whole table."), classes="muted"
        )

    def on_mount(self) -> None:
        super().on_mount()
        options = self.query_one(OptionList)
        options.highlighted = self._orders.index(self._order)
        options.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._orders[event.option_index])
