"""Filters picked from a panel, which writes the text of the search box: shown as it grows, with what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.widgets import Button, Input, Static
from textual.widgets.option_list import Option

from tui.browse.cost.price import Cost
from tui.browse.search.fields import MOMENTS, STATES, THINGS, MomentField, State, Thing
from tui.browse.search.filters import DATES, Filters, Want, filters_of
from tui.browse.search.query import Query, QueryError, parse
from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.screens.work import is_there
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from textual.timer import Timer

Price = Callable[[Query, Callable[[Cost], object]], object]
"""Asks what a query costs and tells the one who wants to know."""

PRICE_DELAY = 0.06
"""Seconds without a change after which the cost is asked."""

STATE_LIST, THING_LIST, ROLE_LIST = "states", "things", "roles"


class FiltersDialog(Dialog[str]):
    """Answers the text that is to be searched for."""

    WIDTH: ClassVar[int] = 76
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("filters.switch", "filters.clear", "dialog.confirm"),
        *bindings("move.down", "move.up", "move.left", "move.right"),
    ]
    DEFAULT_CSS = """
    FiltersDialog > #box { overflow: hidden; }
    FiltersDialog #body { padding: 0; overflow: hidden; }
    FiltersDialog #lists { height: 12; width: 100%; }
    FiltersDialog #lists > VerticalGroup { width: 1fr; height: 12; }
    FiltersDialog #lists > #group-states { width: 24; }
    FiltersDialog OptionList { height: 11; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1; }
    FiltersDialog .head { color: $text-muted; height: 1; }
    FiltersDialog .date { height: 1; width: 100%; }
    FiltersDialog .date Static { width: 14; }
    FiltersDialog .date Input { width: 1fr; height: 1; border: none; padding: 0; background: $boost; }
    FiltersDialog #text { height: auto; max-height: 2; }
    FiltersDialog #cost { height: 1; color: $text-muted; }
    FiltersDialog #cost.-wrong { color: $text-error; height: 2; }
    FiltersDialog #hint { height: 1; color: $text-muted; }
    FiltersDialog #hint.-hidden { display: none; }
    FiltersDialog #buttons { margin: 0; }
    FiltersDialog.-short #lists { height: 7; }
    FiltersDialog.-short #lists > VerticalGroup { height: 7; }
    FiltersDialog.-short OptionList { height: 6; }
    FiltersDialog.-short #hint { display: none; }
    FiltersDialog.-short #text { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    FiltersDialog.-short #cost.-wrong { height: 1; }
    """

    def __init__(self, text: str, roles: Sequence[str], price: Price) -> None:
        super().__init__("Filters")
        self.filters = filters_of(text, tuple(roles))
        unknown = [name for name in self.filters.roles if name not in roles]
        self._roles = [*roles, *unknown]
        self._price = price
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        with HorizontalGroup(id="lists"):
            for name, title in ((STATE_LIST, "State"), (THING_LIST, "Has"), (ROLE_LIST, "Role")):
                with VerticalGroup(id=f"group-{name}"):
                    yield Static(Content(title), classes="head")
                    yield OptionList(*(Option(line) for line in self._lines(name)), id=name, compact=True, markup=False)
        for moment in DATES:
            with HorizontalGroup(classes="date"):
                yield Static(Content(MOMENTS[moment].phrase))
                value = self.filters.dates.get(moment, "")
                yield LineInput(
                    value, placeholder="<90d, 2026-03, >=2026-03-01", id=moment.value, select_on_focus=False
                )
        yield Static(Content("space switches: with [x], without [-]"), id="hint")
        yield Static(id="text")
        yield Static(id="cost")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Cancel", id="cancel")
        yield Choice("Clear  ^X", id="clear")
        yield Choice("Search  ⏎", id="confirm")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(f"#{STATE_LIST}", OptionList).focus()
        self._show_text()

    # What is picked -------------------------------------------------------------------------------------------------

    def _keys(self, name: str) -> list[str]:
        match name:
            case "states":
                return [state.value for state in STATES]
            case "things":
                return [thing.value for thing in THINGS]
            case _:
                return self._roles

    def _want(self, name: str, key: str) -> Want:
        match name:
            case "states":
                return self.filters.states.get(State(key), Want.ANY)
            case "things":
                return self.filters.things.get(Thing(key), Want.ANY)
            case _:
                return self.filters.roles.get(key, Want.ANY)

    def _lines(self, name: str) -> list[Content]:
        return [Content.assemble(f"[{self._want(name, key)}] ", safe(key, 40)) for key in self._keys(name)]

    def action_switch(self) -> None:
        """With, without, or all the same."""
        listed = self.focused
        if not isinstance(listed, OptionList) or listed.highlighted is None:
            return
        name, number = str(listed.id), listed.highlighted
        key = self._keys(name)[number]
        want = self._want(name, key).next()
        match name:
            case "states":
                self.filters = self.filters.with_state(State(key), want)
            case "things":
                self.filters = self.filters.with_thing(Thing(key), want)
            case _:
                self.filters = self.filters.with_role(key, want)
        listed.replace_option_prompt_at_index(number, self._lines(name)[number])
        self._show_text()

    @on(Input.Changed)
    def _dated(self, event: Input.Changed) -> None:
        self.filters = self.filters.with_date(MomentField(str(event.input.id)), event.value)
        self._show_text()

    @on(Button.Pressed, "#clear")
    def action_clear(self) -> None:
        """Begin anew, without what was typed into the box too."""
        self.filters = Filters()
        for listed in self.query(OptionList):
            for number, line in enumerate(self._lines(str(listed.id))):
                listed.replace_option_prompt_at_index(number, line)
        for field in self.query(Input):
            field.value = ""
        self._show_text()

    # The text and its cost ------------------------------------------------------------------------------------------

    def _show_text(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        text = self.filters.text()
        self.query_one("#text", Static).update(Content.assemble("/ ", safe(text, 140) if text else "everybody"))
        try:
            query = parse(text)
        except QueryError as error:
            self._say(error.message, wrong=True)
            return
        self._say("")
        if query:
            self._timer = self.set_timer(PRICE_DELAY, partial(self._price, query, partial(self._take, text)))

    def _take(self, text: str, cost: Cost) -> None:
        if is_there(self) and text == self.filters.text():
            self._say(cost.words)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        line = self.query_one("#cost", Static)
        line.set_class(wrong, "-wrong")
        self.query_one("#hint").set_class(wrong, "-hidden")  # its line is for what is wrong
        line.update(safe(words, 200))

    # Moving and leaving ---------------------------------------------------------------------------------------------

    def _move(self, by: int) -> None:
        """To the list beside the one that has the focus, on the same line."""
        lists = list(self.query(OptionList))
        if self.focused in lists:
            at = lists.index(self.focused)
            to = lists[max(0, min(at + by, len(lists) - 1))]
            to.focus()
            if to.option_count:
                to.highlighted = min(lists[at].highlighted or 0, to.option_count - 1)

    def action_left(self) -> None:
        self._move(-1)

    def action_right(self) -> None:
        self._move(1)

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    @on(Button.Pressed, "#confirm")
    def action_confirm(self) -> None:
        """Searches, unless the text is no query."""
        text = self.filters.text()
        try:
            parse(text)
        except QueryError as error:
            self._say(error.message, wrong=True)
            return
        if self.is_settled:
            self.dismiss(text)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)
