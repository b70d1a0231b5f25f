"""The red line under the header of every screen while the connection could be read, or answered, by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.sanitise import sanitise
from tui.widgets.header import fit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Exposed(Widget):
    """One line, which the header's place and the badge do not crowd out; there only after `--insecure-tls`."""

    DEFAULT_CSS = """
    Exposed {
        dock: top;
        height: 1;
        width: 100%;
        margin-top: 1;
        background: $error;
        color: $text;
        text-style: bold;
    }
    """

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sanitise(sentence, 300)

    def render(self) -> Content:
        return Content(fit(f" ⚠ {self._sentence}", self.size.width))


def exposed(sentence: str) -> Iterator[Exposed]:
    """The line, where there is something to say."""
    if sentence:
        yield Exposed(sentence)
