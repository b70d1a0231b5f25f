"""A generated secret, shown once: masked until asked for, gone after a minute, destroyed when the dialog closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Button, Static

from models.operations.credentials.reveals import COPIED, REVEALED
from tui.keys import bindings
from tui.screens.dialogs.base import Dialog
from tui.terminal.safe import safe
from tui.widgets.choice import Choice
from tui.widgets.target_card import Card, TargetCard

if TYPE_CHECKING:
    from models.operations.plan import Secret

SHOWN_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class SecretWords:
    """What is shown, as "Sent ... to the clipboard" says it, and what to do with it, in a sentence."""

    what: str = "the secret"
    note: str = ""


PASSWORD_WORDS: Final = SecretWords("the password")


class SecretDialog(Dialog[None]):
    """`r` reveals and hides, `c` copies, Esc destroys. After 60 s it hides itself and can be revealed no more.

    `seen` is told REVEALED and COPIED, the first time of each. It starts on Reveal, so that Enter out of habit does not
    throw the only copy away.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("secret.reveal", "secret.copy")]
    ALLOW_SELECT: ClassVar[bool] = False
    """What is selected with the mouse is copied by Textual's own key, and nobody would overwrite the clipboard."""

    DEFAULT_CSS = """
    SecretDialog #secret { width: 100%; height: auto; text-style: bold; margin: 1 0 0 0; }
    SecretDialog #left { width: 100%; height: 1; color: $text-muted; }
    """

    def __init__(
        self,
        secret: Secret,
        sentences: Sequence[str] = (),
        *,
        card: Card | None = None,
        words: SecretWords = PASSWORD_WORDS,
        seen: Callable[[str], object] = lambda _: None,
    ) -> None:
        super().__init__("Shown once")
        self._words = words
        self._secret: Secret | None = secret
        self._sentences = sentences
        self._card = card
        self._revealed = False
        self._seen = seen
        self._told: set[str] = set()
        self._until = monotonic() + SHOWN_SECONDS

    def compose_body(self) -> ComposeResult:
        if self._card is not None:
            yield TargetCard(self._card)
        for sentence in self._sentences:
            yield Static(safe(sentence), classes="sentence")
        if self._words.note:
            yield Static(Content(self._words.note), classes="sentence")
        yield Static(id="secret")
        yield Static(id="left")

    def compose_buttons(self) -> ComposeResult:
        yield Choice("Reveal  r", id="reveal")
        yield Choice("Copy  c", id="copy")
        yield Choice("Close  esc", id="close")

    def on_mount(self) -> None:
        self._until = monotonic() + SHOWN_SECONDS
        self.query_one("#reveal", Button).focus()
        self.set_interval(1.0, self._tick)
        self._show()

    def _tick(self) -> None:
        if self._secret is not None and monotonic() >= self._until:
            self._destroy()
        self._show()

    def _show(self) -> None:
        line = self.query_one("#secret", Static)
        self.query_one("#reveal", Choice).say("Hide  r" if self._revealed else "Reveal  r")
        left = self.query_one("#left", Static)
        if self._secret is None:
            line.update(Content("(hidden for good)"))
            left.update(Content("The time is over. If it was not noted, make a new one."))
            return
        text = self._secret.reveal()
        line.update(safe(text) if self._revealed else Content(masked(text)))
        seconds = max(0, round(self._until - monotonic()))
        left.update(Content(f"r {'hides' if self._revealed else 'reveals'} · c copies · {seconds} s left"))

    @on(Button.Pressed, "#reveal")
    def action_reveal(self) -> None:
        """Shows or hides it."""
        self._revealed = not self._revealed
        if self._revealed and self._secret is not None:
            self._tell(REVEALED)
        self._show()

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Sends it to the terminal's clipboard, which is overwritten after half a minute."""
        if self._secret is not None:
            self._tell(COPIED)
            self.shell.copy(self._secret.reveal(), self._words.what, secret=True)

    def _tell(self, how: str) -> None:
        """Once for each way in which it was seen."""
        if how not in self._told:
            self._told.add(how)
            self._seen(how)

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Destroys it."""
        self._destroy()
        self.dismiss(None)

    def on_unmount(self) -> None:
        self._destroy()

    def _destroy(self) -> None:
        self._secret = None
        self._revealed = False


def masked(text: str) -> str:
    """Dots for everything but the separators, so that the shape can be recognised when it is read out."""
    return "".join(character if character == "-" else "●" for character in text)
