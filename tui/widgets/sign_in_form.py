"""Username and password: the form of the sign-in screen and of the lock. It verifies nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.terminal.safe import safe
from tui.widgets.name_input import NameInput
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from models.operations.plan import Secret


class SignInForm(VerticalGroup):
    """`username` given: only the password is asked. Deaf while `busy`; `refuse` empties the password and says why."""

    DEFAULT_CSS = """
    SignInForm { width: 60; max-width: 96%; height: auto; }
    SignInForm .label { height: 1; color: $text-muted; }
    SignInForm Input { width: 100%; margin: 0 0 1 0; }
    SignInForm #message { height: auto; min-height: 2; width: 100%; }
    """

    @dataclass
    class Submitted(Message):
        """Somebody wants in. The password is wrapped at once, so that no log of messages shows it."""

        username: str
        password: Secret

    def __init__(self, username: str = "") -> None:
        super().__init__()
        self._fixed = username
        self._busy = False

    def compose(self) -> ComposeResult:
        yield Static("Username", classes="label")
        yield NameInput(value=self._fixed, id="username", max_length=150, disabled=bool(self._fixed))
        yield Static("Password", classes="label")
        yield SecretInput(id="password")
        yield Static(id="message")

    def on_mount(self) -> None:
        self.query_one("#password" if self._fixed else "#username", Input).focus()

    def refuse(self, sentence: str) -> None:
        """Says why nobody was let in, and asks again."""
        self._busy = False
        self.query_one("#message", Static).update(safe(sentence))
        password = self.query_one("#password", Input)
        password.clear()
        password.focus()

    def reset(self) -> None:
        """Empties what was typed and said."""
        self._busy = False
        self.query_one("#password", Input).clear()
        self.query_one("#message", Static).update(Content(""))

    @on(Input.Submitted, "#password")
    def _submit(self) -> None:
        from models.operations.plan import Secret

        username = self.query_one("#username", Input).value.strip()
        password = self.query_one("#password", Input)
        if self._busy or not username or not password.value:
            return
        self._busy = True
        secret = Secret(password.value)
        password.clear()
        self.query_one("#message", Static).update(Content("Checking ..."))
        self.post_message(self.Submitted(username, secret))
