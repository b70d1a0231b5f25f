"""`?`: what this screen is for and every key that works on it, made from the key registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import GROUPS, KEYS, bindings, show_key
from tui.sanitise import sanitise
from tui.screens.base import AreaScreen
from tui.screens.dialogs.base import Dialog
from tui.screens.greyed import reason
from tui.screens.scrolling import SCROLLING, Scrolls
from tui.widgets.choice import Choice

if TYPE_CHECKING:
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class HelpRow:
    """The keys as shown, the sentence, whether it works now, and if not, why, where that is known."""

    group: str
    keys: str
    text: str
    works: bool
    why_not: str = ""


class HelpDialog(Scrolls, Dialog[None]):
    """A page to scroll with the keys of a list; Esc, q and `?` close it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*SCROLLING),
        Binding("q,question_mark,f1", "close", show=False),
    ]

    DEFAULT_CSS = """
    HelpDialog #body { max-height: 70vh; }
    HelpDialog .keys { width: 16; padding: 0 0 0 2; text-style: bold; }
    HelpDialog .text { width: 1fr; }
    """

    def __init__(self, title: str, intro: str, rows: Sequence[HelpRow]) -> None:
        super().__init__(title)
        self._intro = intro
        self._rows = rows

    @classmethod
    def of(cls, screen: Screen[Any]) -> Self:
        """The help of a screen, as its keys are at this moment."""
        crumbs = screen.crumbs() if isinstance(screen, AreaScreen) else ()
        name = crumbs[-1] if crumbs and crumbs[-1] else "this dialog"
        return cls(f"Help: {name}", getattr(screen, "INTRO", ""), rows_of(screen))

    def compose_body(self) -> ComposeResult:
        if self._intro:
            yield Static(Content(self._intro + "\n"))
        group = ""
        for row in self._rows:
            if row.group != group:
                group = row.group
                yield Static(Content.styled(GROUPS.get(group, "Areas"), "bold"))
            text = row.text if row.works else f"{row.text} ({row.why_not or 'not now'})"
            with HorizontalGroup():
                yield Static(Content(row.keys), classes="keys")
                yield Static(Content.styled(text, "" if row.works else "dim"), classes="text")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Close", id="close")

    def on_mount(self) -> None:
        body = self.scrolled
        body.can_focus = True
        body.focus()

    @property
    def scrolled(self) -> VerticalScroll:
        return self.query_one("#body", VerticalScroll)

    def on_button_pressed(self) -> None:
        self.dismiss(None)


def rows_of(screen: Screen[Any]) -> list[HelpRow]:
    """The bindings that are active on a screen, in the order of the registry, then the areas."""
    shown: dict[str, list[str]] = {}
    works: dict[str, bool] = {}
    why_not: dict[str, str] = {}
    texts: dict[str, str] = {}
    for key, active in screen.active_bindings.items():
        name = active.binding.id
        if name is None:
            continue
        shown.setdefault(name, []).append(key)
        works[name] = active.enabled
        why_not[name] = "" if active.enabled else sanitise(reason(screen, active.binding.action).rstrip("."), 200)
        texts[name] = KEYS[name].help if name in KEYS else f"go to {active.binding.description}"
    order = {name: place for place, name in enumerate(KEYS)}
    names = sorted(shown, key=lambda name: (order.get(name, len(order)), shown[name]))
    return [
        HelpRow(name.partition(".")[0], _keys(name, shown[name]), texts[name], works[name], why_not[name])
        for name in names
    ]


def _keys(name: str, shown: Sequence[str]) -> str:
    """Return the keys of one id as a person reads them, in the order of the registry: the footer shows the first."""
    own = KEYS[name].keys.split(",") if name in KEYS else []
    return " ".join(show_key(key) for key in sorted(shown, key=lambda key: own.index(key) if key in own else len(own)))
