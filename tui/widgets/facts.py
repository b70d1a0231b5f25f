"""Labels on the left, facts on the right; long facts wrap beside their label."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

Fact = tuple[str, Content]


class Facts(VerticalScroll):
    """A scrolling list of facts, taken anew with `show`."""

    DEFAULT_CSS = """
    Facts {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        HorizontalGroup { height: auto; }
        .facts--label { width: 20; height: auto; color: $text-muted; }
        .facts--value { width: 1fr; height: auto; }
    }
    """

    async def show(self, facts: Sequence[Fact]) -> None:
        """Show these facts instead. A label that stays keeps its line, so that nothing flickers or scrolls."""
        lines = list(self.query(HorizontalGroup))
        if len(lines) == len(facts):
            for line, fact in zip(lines, facts, strict=True):
                label, value = line.query(Static)
                label.update(Content(fact[0]))
                value.update(fact[1])
            return
        await self.remove_children()
        await self.mount_all(
            HorizontalGroup(Static(Content(label), classes="facts--label"), Static(value, classes="facts--value"))
            for label, value in facts
        )
