"""Views in words for the dialog that lists them: one line each, what stands below the list, what opening one costs.

Everything that comes from the database goes through `safe` here. No widget.
"""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui.browse.cost.price import Cost, price
from tui.browse.lists.orders import Order, OrderError
from tui.browse.lists.views import View, Whose
from tui.browse.search.query import Query, QueryError
from tui.database.replica.reads import Reads
from tui.sanitise import sanitise
from tui.terminal.safe import safe

NAME_CELLS: Final = 44
"""Cells of a view's name in the list."""


async def price_or_reason(query: Query, order: Order, reads: Reads) -> Cost | str:
    """What it costs, or why it cannot be answered any more: a role that is gone, an index that was dropped."""
    try:
        return await price(query, order, reads)
    except QueryError as error:
        return error.message
    except OrderError as error:
        return str(error)


def view_line(view: View) -> Content:
    """Return `Locked now                   built-in`, `ours    by ann`."""
    whose = {
        Whose.BUILT_IN: "built-in",
        Whose.OWN: "yours, shared" if view.is_shared else "yours",
        Whose.SHARED: f"by {sanitise(view.owner, 20)}",
    }[view.whose]
    name = safe(view.name, 100).truncate(NAME_CELLS, ellipsis=True)
    return Content.assemble(name, " " * (NAME_CELLS + 2 - name.cell_length), (whose, "dim"))


def facts(view: View) -> str:
    """Return in which order and with which columns a view is shown: `created, newest first · 4 columns`."""
    order = view.parsed_order()
    columns = view.chosen_columns()
    shown = f"{len(columns)} columns" if columns else ""
    return " · ".join(filter(None, [order.words() if order else "", shown]))
