"""The last line: what is waited for, or is the matter with the connection; then hints, as many as there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.content import Content
from textual.widget import Widget

from tui.keys import KEYS, show_key
from tui.widgets.header import fit

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import ShellbackApp

MOST: Final = 6
HELP: Final = "app.help"


class Footer(Widget):
    """Hints of the screen it stands on, in the order of the screen's `hints()`; greyed where not possible now."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--off", "footer--matter"}

    DEFAULT_CSS = """
    Footer {
        dock: bottom;
        height: 1;
        width: 100%;
        background: $panel;
        color: $foreground;
        padding: 0 1;
        .footer--key { color: $text-accent; text-style: bold; }
        .footer--off { text-style: dim; }
        .footer--matter { color: $text-warning; }
    }
    """

    _shown: Content | None = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        cast("ShellbackApp", self.app).connection.changed.subscribe(self, lambda _: self.refresh())

    def _changed(self, _: Screen[object]) -> None:
        # The signal comes with every key; the hints rarely change with one, and painting them again costs a frame.
        # Content compares its text alone; a hint that is greyed has the same text.
        if self._shown is None or not self._line().is_same(self._shown):
            self.refresh()

    def render(self) -> Content:
        self._shown = self._line()
        return self._shown

    def _line(self) -> Content:
        """What is the matter, as many hints as there is room for, and the way to the help."""
        active = {each.binding.id: (key, each.enabled) for key, each in reversed(self.screen.active_bindings.items())}
        names: Sequence[str] = getattr(self.screen, "hints", tuple)()
        help_hint = self._hint(HELP, active)
        pieces: list[Content] = []
        room = self.size.width - (help_hint.cell_length + 2 if help_hint else 0)
        matter = self._matter()
        if matter:
            pieces.append(Content.styled(fit(matter, room), self.get_visual_style("footer--matter")))
            room -= pieces[0].cell_length + 2
        for hint in [found for name in names if (found := self._hint(name, active))][:MOST]:
            room -= hint.cell_length + 2
            if room < 0:
                break
            pieces.append(hint)
        if help_hint:
            pieces.append(help_hint)
        return Content("  ").join(pieces)

    def _matter(self) -> str:
        """What the screen waits for comes first: there Esc does something about it."""
        return getattr(self.screen, "notice", "") or cast("ShellbackApp", self.app).connection.sentence

    def _hint(self, name: str, active: Mapping[str | None, tuple[str, bool]]) -> Content | None:
        """`e edit`, with the key that is bound now; None where the screen does not offer it at all."""
        if name not in active:
            return None
        key, enabled = active[name]
        label = KEYS[name].label
        if not enabled:
            return Content.styled(f"{show_key(key)} {label}", self.get_visual_style("footer--off"))
        return Content.assemble((show_key(key), self.get_visual_style("footer--key")), " ", label)
