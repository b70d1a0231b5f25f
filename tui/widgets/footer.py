"""The last line: at most six hints and the way to the help, read from the bindings that are active now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widget import Widget

from tui.keys import KEYS, show_key

if TYPE_CHECKING:
    from textual.screen import Screen

MOST: Final = 6
HELP: Final = "app.help"


class Footer(Widget):
    """Hints of the screen it stands on, in the order of the screen's HINTS; greyed where not possible now."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--off"}

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
    }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        hints = list(self._hints())
        help_hint = self._hint(HELP)
        pieces: list[Content] = []
        room = self.size.width - (help_hint.cell_length + 2 if help_hint else 0)
        for hint in hints[:MOST]:
            room -= hint.cell_length + 2
            if room < 0:
                break
            pieces.append(hint)
        if help_hint:
            pieces.append(help_hint)
        return Content("  ").join(pieces)

    def _hints(self) -> list[Content]:
        names: tuple[str, ...] = getattr(self.screen, "HINTS", ())
        return [hint for name in names if (hint := self._hint(name)) is not None]

    def _hint(self, name: str) -> Content | None:
        """`e edit`, with the key that is bound now; None where the screen does not offer it at all."""
        for shown, active in self.screen.active_bindings.items():
            if active.binding.id == name:
                key_style = self.get_visual_style("footer--key")
                label = KEYS[name].label
                if not active.enabled:
                    return Content.styled(f"{show_key(shown)} {label}", self.get_visual_style("footer--off"))
                return Content.assemble((show_key(shown), key_style), " ", label)
        return None
