"""In which order the users are listed: only orders that an index serves can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from tui.browse.cost.indexes import Advice
from tui.browse.lists.orders import Order, OrderBy
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.option_list import OptionList


class OrderDialog(Dialog[Order]):
    """Answers the order chosen, or None. What the database lacks an index for is grey as soon as that is known."""

    WIDTH: ClassVar[int] = 56
    DEFAULT_CSS = """
    OrderDialog #body { padding: 0; }
    OrderDialog OptionList { height: auto; max-height: 14; border: none; padding: 0; background: $surface; }
    OrderDialog #why { height: auto; color: $text-muted; }
    OrderDialog #buttons { display: none; }
    """

    def __init__(self, order: Order) -> None:
        super().__init__("Order by")
        self._order = order
        self._orders = [Order(by, descending) for by in OrderBy for descending in (False, True)]

    def compose_body(self) -> ComposeResult:
        yield OptionList(*(Option(self._line(order), id=str(order)) for order in self._orders), compact=True)
        yield Static(Content("Users without a value come last."), id="why")

    def _line(self, order: Order, note: str = "") -> Content:
        return Content(f"{'•' if order == self._order else ' '} {order.words()}{note}")

    def on_mount(self) -> None:
        super().on_mount()
        options = self.query_one(OptionList)
        options.highlighted = self._orders.index(self._order)
        options.focus()

    def lack(self, lacking: Mapping[OrderBy, Advice]) -> None:
        """Grey the orders for which there is no index, and say which one that would be."""
        options = self.query_one(OptionList)
        for order in self._orders:
            if order.by in lacking:
                options.replace_option_prompt(str(order), self._line(order, " · no index"))
                options.disable_option(str(order))
        if lacking:
            self.query_one("#why", Static).update(safe(next(iter(lacking.values())).sentence, 200))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._orders[event.option_index])
