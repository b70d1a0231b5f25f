"""The permissions of a role as boxes to tick, by their prefix. A box that is not yours is greyed, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.browse.roles import KNOWN, UNKNOWN
from tui.keys import bindings
from tui.sanitise import sanitise
from tui.widgets.check import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.binding import BindingType

NOT_YOURS: Final = "you do not hold it"
NAME_CELLS: Final = 23


class Walk(VerticalGroup):
    """Fields that up and down walk through; without it these keys only scroll what the fields stand in."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("move.down", "move.up")]
    DEFAULT_CSS = """
    Walk { height: auto; width: 100%; }
    """

    def action_down(self) -> None:
        """To the next field."""
        self.screen.focus_next()

    def action_up(self) -> None:
        """To the one before."""
        self.screen.focus_previous()


class PermissionBoxes(VerticalGroup):
    """Every permission that there is, and those of the role that this version does not know."""

    DEFAULT_CSS = """
    PermissionBoxes { height: auto; width: 100%; }
    PermissionBoxes .group { height: 1; margin: 1 0 0 0; text-style: bold; }
    PermissionBoxes Check { width: 100%; }
    """

    class Changed(Message):
        """A box was ticked or unticked."""

    def __init__(self, may: Callable[[str], bool]) -> None:
        super().__init__(id="permissions")
        self._may = may
        self._held: frozenset[str] = frozenset()
        self._boxes: dict[str, Check] = {}

    def compose(self) -> ComposeResult:
        yield from self._group(KNOWN)

    async def load(self, held: frozenset[str], *, but: Iterable[str] = ()) -> None:
        """Tick what the role has, but for those `but` whom the person has ticked or unticked. Only differences from it
        count as touched."""
        kept = frozenset(but)
        self._held = held
        unknown = sorted(held - self._boxes.keys())
        if unknown:
            await self.mount_all(list(self._group(unknown)))
        for codename, box in self._boxes.items():
            if codename not in kept:
                box.value = codename in held

    def _group(self, codenames: Iterable[str]) -> Iterable[Static | Check]:
        group = ""
        for codename in codenames:
            first = codename.partition(".")[0] if codename in KNOWN else UNKNOWN
            if first != group:
                group = first
                yield Static(Content(group.capitalize()), classes="group")
            mine = self._may(codename)
            words = KNOWN.get(codename, "") if mine else f"({NOT_YOURS}) {KNOWN.get(codename, '')}".strip()
            label = Content.assemble(f"{sanitise(codename, 50):<{NAME_CELLS}} ", (words, "dim"))
            self._boxes[codename] = Check(label, compact=True, disabled=not mine)
            yield self._boxes[codename]

    @property
    def ticked(self) -> frozenset[str]:
        """What is ticked now."""
        return frozenset(codename for codename, box in self._boxes.items() if box.value)

    @property
    def added(self) -> frozenset[str]:
        """What was ticked that the role does not have."""
        return self.ticked - self._held

    @property
    def removed(self) -> frozenset[str]:
        """What was unticked that the role has."""
        return self._held - self.ticked

    def on_check_changed(self, event: Check.Changed) -> None:
        """Tells the dialog."""
        event.stop()
        self.post_message(self.Changed())
