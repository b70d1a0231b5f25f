"""The views of the list of users, to open one, and to save, rename, share and delete one's own.

The list is read once and filtered here. What is done to a view is in `naming`; afterwards the list is read again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from models.operations import (
    ViewContent,
    plan_change_view,
    plan_delete_view,
    plan_share_view,
    plan_unshare_view,
)
from tui.browse.cost.price import Cost
from tui.browse.lists.orders import Order
from tui.browse.lists.views import View, Whose, load_views, matching_views
from tui.browse.search.query import QueryError, parse
from tui.keys import KEYS, bindings, show_key
from tui.screens.dialogs.base import Dialog
from tui.screens.greyed import READ_ONLY
from tui.screens.replica import reads_of
from tui.screens.twins import twin
from tui.screens.views.naming import ViewNameDialog, ViewVerbDialog, save_twin
from tui.screens.views.words import facts, price_or_reason, view_line
from tui.screens.work import READ_DEADLINE, Reads
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.option_list import OptionList

if TYPE_CHECKING:
    from models.operations import Outcome

R = TypeVar("R")

_WRITES = ("save", "change", "rename", "share", "delete")


class ViewsDialog(Dialog[View]):
    """Answers the view to open. `content` is the present search, to be saved; `shown` the name of the view it is."""

    WIDTH = 76
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("views.filter", "views.save", "views.change", "views.rename", "views.share", "views.delete"),
        *bindings("move.down", "move.up"),
    ]
    DEFAULT_CSS = """
    ViewsDialog > #box { overflow: hidden; }
    ViewsDialog #filter { height: 1; border: none; padding: 0; background: transparent; margin: 0 0 1 0; }
    ViewsDialog OptionList { height: auto; max-height: 9; border: none; padding: 0; background: $surface; }
    ViewsDialog OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    ViewsDialog #query { height: auto; max-height: 2; margin: 1 0 0 0; }
    ViewsDialog #facts { height: 1; color: $text-muted; }
    ViewsDialog #hints { height: auto; color: $text-muted; margin: 1 0 0 0; }
    """

    def __init__(self, content: ViewContent, shown: str = "") -> None:
        super().__init__("Views")
        self._content = content
        self._wanted: int | str = shown
        self._views: tuple[View, ...] = ()
        self._listed: tuple[View, ...] = ()
        self._reads: Reads | None = None

    def compose_body(self) -> ComposeResult:
        yield LineInput(placeholder="/ filters by name, search or owner", id="filter")
        yield OptionList(id="views", markup=False, compact=True)
        yield Static(id="query")
        yield Static(id="facts")
        yield Static(id="hints")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(OptionList).focus()
        self.query_one("#facts", Static).update(Content("…loading"))
        self._read()

    def _read(self) -> None:
        self._start(partial(load_views, self.shell.actor.user_id), self._loaded, "views")

    def _start(self, work: Callable[[], Awaitable[R]], then: Callable[[R], object], group: str) -> None:
        if self._reads is None:
            self._reads = Reads(self.shell, self, lambda _: None)
        self._reads.start(work, then, group=group, deadline=READ_DEADLINE, failed=self._complain)

    # The list -------------------------------------------------------------------------------------------------------

    def _loaded(self, views: tuple[View, ...]) -> None:
        self._views = views
        self._fill()

    @on(Input.Changed, "#filter")
    def _fill(self) -> None:
        at = self.view
        if at is not None:
            self._wanted = at.id or at.name
        self._listed = matching_views(self._views, self.query_one(Input).value)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(view_line(view)) for view in self._listed])
        if self._listed:
            places = (i for i, view in enumerate(self._listed) if self._wanted in (view.id, view.name))
            options.highlighted = next(places, 0)
        self._show()

    @property
    def view(self) -> View | None:
        """The view under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self._listed[at] if at is not None and at < len(self._listed) else None

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        """Say what the view under the cursor lists and what that costs."""
        view = self.view
        self.refresh_bindings()
        hints = Content("  ").join(Content.assemble((keys, "bold"), f" {label}") for keys, label in self._hints())
        self.query_one("#hints", Static).update(hints)
        if view is None:
            self.query_one("#query", Static).update("")
            self._say("No view matches." if self._views else "")
            return
        self.query_one("#query", Static).update(safe(view.query or "everybody", 400))
        try:
            query = parse(view.query)
        except QueryError as error:
            self._complain(f"It cannot be opened: {error.message} (position {error.position + 1}).")
            return
        self._say(facts(view))
        self._start(
            partial(price_or_reason, query, view.parsed_order() or Order(), reads_of(self.shell)),
            partial(self._priced, view),
            "price",
        )

    def _priced(self, view: View, cost: Cost | str) -> None:
        if view == self.view:
            if isinstance(cost, str):
                self._complain(f"It lists nobody: {cost}.")
            else:
                self._say(" · ".join(filter(None, [cost.words, facts(view)])))

    def _say(self, text: str) -> None:
        line = self.query_one("#facts", Static)
        line.set_class(False, "wrong")
        line.update(safe(text, 300))

    def _complain(self, text: str) -> None:
        line = self.query_one("#facts", Static)
        line.set_class(True, "wrong")
        line.update(safe(text, 300))

    # Keys -----------------------------------------------------------------------------------------------------------

    def _hints(self) -> Iterator[tuple[str, str]]:
        if self.view is not None:
            yield "⏎", "open"
        for name in _WRITES:
            if self.check_action(name, ()):
                key = KEYS[f"views.{name}"]
                label = "unshare" if name == "share" and self.view is not None and self.view.is_shared else key.label
                yield show_key(key.keys), label
        yield "/", "filter"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is written needs a database that takes it, and a view that is there to be changed."""
        if action not in _WRITES:
            return super().check_action(action, parameters)
        return None if not self.is_mounted or self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a view cannot be saved or changed now; said when the key is pressed all the same."""
        if action not in _WRITES:
            return ""
        if self.shell.read_only:
            return READ_ONLY
        view = self.view
        if action == "save" or (view is not None and view.whose is Whose.OWN):
            return ""
        if view is None:
            return "There is no view under the cursor."
        if view.whose is Whose.BUILT_IN:
            return "A built-in view is nobody's to change. Save its search under another name."
        return "" if self._is_superuser else "Only its owner or a superuser changes a shared view."

    @property
    def _is_superuser(self) -> bool:
        return self.shell.person is not None and self.shell.person.is_superuser

    def action_filter(self) -> None:
        """Types in the filter."""
        self.query_one(Input).focus()

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    @on(Input.Submitted, "#filter")
    def _to_the_list(self) -> None:
        self.query_one(OptionList).focus()

    def action_close(self) -> None:
        """Esc: out of the filter, clearing it; then out of the dialog."""
        box = self.query_one(Input)
        if box.has_focus or box.value:
            box.value = ""
            self.query_one(OptionList).focus()
        elif self._reads is None or not self._reads.stop_waiting():
            self.dismiss(None)

    def on_button_pressed(self) -> None:
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        view = self.view
        if view is not None and self.is_settled:
            try:
                parse(view.query)
            except QueryError:
                return  # what is wrong with it stands below
            self.dismiss(view)

    def action_save(self) -> None:
        """Names the present search."""
        self._ask(ViewNameDialog(content=self._content))

    def action_rename(self) -> None:
        if self.view is not None:
            self._ask(ViewNameDialog(view=self.view))

    def action_change(self) -> None:
        """Puts the present search into the view under the cursor."""
        if self.view is not None:
            actor, view, content = self.shell.actor, self.view, self._content
            command = save_twin(self._command, view.name, content, "--replace")
            self._ask(ViewVerbDialog("Change", view, partial(plan_change_view, actor, view.id, content), command))

    def action_share(self) -> None:
        """Shares the view under the cursor, or keeps a shared one to its owner again."""
        if self.view is not None:
            view = self.view
            verb, planner = ("Unshare", plan_unshare_view) if view.is_shared else ("Share", plan_share_view)
            command = twin(self._command, "views", verb.lower(), view.name)
            self._ask(ViewVerbDialog(verb, view, partial(planner, self.shell.actor, view.id), command))

    def action_delete(self) -> None:
        if self.view is not None:
            view = self.view
            command = twin(self._command, "views", "delete", view.name)
            make_plan = partial(plan_delete_view, self.shell.actor, view.id)
            self._ask(ViewVerbDialog("Delete", view, make_plan, command, danger=True))

    @property
    def _command(self) -> str:
        return self.shell.launch.command

    def _ask(self, dialog: ViewNameDialog | ViewVerbDialog) -> None:
        def done(outcome: Outcome | None) -> None:
            if outcome is not None:
                self._wanted = outcome.target.id or 0
                self._listed = ()  # the cursor goes to what was written
            self._read()

        self.app.push_screen(dialog, done)
