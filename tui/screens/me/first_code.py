"""The secret of a new authenticator, shown once, and its first code.

A QR code for the telephone's camera and the same as text; both hidden until asked for, gone after some minutes, and
destroyed when the dialog closes. Nothing of it is ever in a title, a toast or a command line.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from models.operations import Secret, plan_confirm_factor
from models.totp import typed_secret
from tui.keys import bindings
from tui.qr import qr_lines
from tui.screens.work_dialog import WorkDialog
from tui.widgets.choice import Choice
from tui.widgets.code_input import CodeInput
from tui.widgets.header import badge_content
from tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from models.operations import Plan

SHOWN_SECONDS: Final = 300
"""Typing the text into a telephone takes a while. The secret itself is void after 15 minutes without its first code."""

AROUND: Final = 3
"""Rows of the dialog besides the code: the border and the title."""

BESIDE: Final = 38
"""Columns besides the code: the border, and what is asked."""

QR_STYLE: Final = "#000000 on #ffffff"
"""Whatever the theme: cameras want it dark on light."""
QR_PLAIN: Final = "reverse"
"""The same without colours, where the terminal is dark."""

HIDDEN: Final = (
    "Press r when nobody looks over your\n"
    "shoulder: it shows a QR code, to be\n"
    "scanned with the authenticator app,\n"
    "and the same as text."
)
TOO_SMALL: Final = (
    "The QR code needs {columns} columns and\n{rows} rows: make the window larger,\nor type the text into the app."
)


class FirstCodeDialog(WorkDialog):
    """`r` shows and hides, `c` copies the text, Esc destroys. Answers the outcome of the first right code."""

    WIDTH: ClassVar[int] = 80
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("secret.reveal", "secret.copy")]
    ALLOW_SELECT: ClassVar[bool] = False
    """What is selected with the mouse is copied by Textual's own key, and nobody would overwrite the clipboard."""

    DEFAULT_CSS = """
    FirstCodeDialog > #box { max-width: 100%; max-height: 100%; height: auto; }
    FirstCodeDialog #body { padding: 0; max-height: 100%; }
    FirstCodeDialog #qr { width: auto; height: auto; margin: 0 2 0 0; }
    FirstCodeDialog #asked { width: 1fr; height: auto; }
    FirstCodeDialog #secret { height: auto; text-style: bold; margin: 1 0; }
    FirstCodeDialog #left { height: auto; color: $text-muted; margin: 0 0 1 0; }
    FirstCodeDialog #code { width: 100%; }
    FirstCodeDialog #message { margin: 1 0 0 0; }
    FirstCodeDialog #first-buttons { height: auto; margin: 1 0 0 0; }
    FirstCodeDialog #first-buttons Button { margin: 0 2 0 0; }
    """

    def __init__(self, secret: Secret) -> None:
        super().__init__("Shown once")
        self._secret: Secret | None = secret
        self._revealed = False
        self._until = monotonic() + SHOWN_SECONDS

    def compose(self) -> ComposeResult:
        """Side by side, so that the code has room on 24 rows."""
        box = VerticalScroll(id="box", can_focus=False)
        box.styles.width = self.WIDTH
        with box:
            with HorizontalGroup(id="title"):
                yield Static(Content("Shown once: your new authenticator"), id="title-text")
                yield Static(badge_content(self, self.shell.launch.badge), id="title-badge")
            with HorizontalGroup(id="body"):
                yield Static(id="qr")
                with VerticalGroup(id="asked"):
                    yield Static(id="secret")
                    yield Static(id="left")
                    yield Static(Content("The six digits it shows"), classes="label")
                    yield CodeInput(keys="rc", id="code")
                    yield Static(id="message")
                    with HorizontalGroup(id="first-buttons"):
                        yield Choice("Cancel", id="cancel")
                        yield Choice("Confirm  ^S", id="confirm")
            yield Static(id="twin")
        yield TooSmall()

    def on_mount(self) -> None:
        self._until = monotonic() + SHOWN_SECONDS
        self.query_one("#code", Input).focus()
        self.set_interval(1.0, self._tick)
        self._show()

    def fit(self) -> None:
        """More room may be enough for the code, and the code has all there is."""
        self._show()

    def _tick(self) -> None:
        if self._secret is not None and monotonic() >= self._until:
            self._destroy()
            self._show()
        self._show_left()

    def _show(self) -> None:
        code, text = self.query_one("#qr", Static), self.query_one("#secret", Static)
        if self._secret is None:
            code.update(Content(""))
            text.update(Content("(hidden for good)"))
        elif not self._revealed:
            code.update(Content(HIDDEN))
            text.update(Content("●●●● ●●●● ●●●● ●●●●\n●●●● ●●●● ●●●● ●●●●"))
        else:
            uri = self._secret.reveal()
            lines = qr_lines(uri)
            style = QR_PLAIN if self.app.no_color else QR_STYLE
            rows, columns = len(lines) + AROUND, len(lines[0]) + BESIDE
            if self.size.height < rows or self.size.width < columns:
                code.update(Content(TOO_SMALL.format(columns=columns, rows=rows)))
            else:
                code.update(Content("\n").join([Content.styled(line, style) for line in lines]))
            words = typed_secret(uri).split(" ")
            half = (len(words) + 1) // 2
            text.update(Content(" ".join(words[:half]) + "\n" + " ".join(words[half:])))
        self._show_left()

    def _show_left(self) -> None:
        left = self.query_one("#left", Static)
        if self._secret is None:
            left.update(Content("The time is over. A code can still be given; else begin again."))
            return
        minutes, seconds = divmod(max(0, round(self._until - monotonic())), 60)
        left.update(Content(f"r {'hides' if self._revealed else 'shows'} · c copies · {minutes}:{seconds:02} left"))

    def action_reveal(self) -> None:
        """Shows or hides it."""
        self._revealed = not self._revealed
        self._show()

    def action_copy(self) -> None:
        """Sends the text to the terminal's clipboard, which is overwritten after half a minute."""
        if self._secret is not None:
            self.shell.copy(typed_secret(self._secret.reveal()).replace(" ", ""), "the secret", secret=True)

    # The code -------------------------------------------------------------------------------------------------------

    @on(Input.Submitted, "#code")
    def _entered(self) -> None:
        self.action_confirm()

    def confirmed(self) -> None:
        """Plans with the code."""
        field = self.query_one("#code", Input)
        code = field.value.strip()
        field.clear()
        field.focus()
        if not code:
            self.complain("Type the six digits first.")
            return
        self.allow(False)
        self.read(partial(plan_confirm_factor, self.shell.actor, Secret(code)), self._planned)

    def _planned(self, plan: Plan) -> None:
        if plan.refusals:
            self.complain(" ".join(refusal.reason for refusal in plan.refusals))
        else:
            self.write("confirming an authenticator", plan)

    def complain(self, sentence: str) -> None:
        """Says what is the matter, and takes another code."""
        super().complain(sentence)
        self.allow(True)

    # Leaving --------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Destroys the secret."""
        self._destroy()
        super().leave()

    def on_unmount(self) -> None:
        """Whatever closed it."""
        self._destroy()

    def _destroy(self) -> None:
        self._secret = None
        self._revealed = False
