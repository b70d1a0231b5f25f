"""Username, password and where it is asked for a code: the form of the sign-in screen and of the lock. It verifies
nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.terminal.safe import safe
from tui.widgets.code_input import CodeInput
from tui.widgets.name_input import NameInput
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations.plan import Secret


CODE_SECONDS: Final = 180.0
"""How long a password that was right waits for its code; then it is asked for again."""


class SignInForm(VerticalGroup):
    """`username` given: only the password is asked. Deaf while `busy`; `refuse` empties what was typed and says why.

    `ask_code` asks for the code in the place of the password, which is kept for as long, and sent again with it.
    """

    DEFAULT_CSS = """
    SignInForm { width: 60; max-width: 96%; height: auto; }
    SignInForm .label { height: 1; color: $text-muted; }
    SignInForm Input { width: 100%; margin: 0 0 1 0; }
    SignInForm .-hidden { display: none; }
    SignInForm #message { height: auto; min-height: 2; width: 100%; }
    """

    @dataclass
    class Submitted(Message):
        """Somebody wants in. The password is wrapped at once, so that no log of messages shows it."""

        username: str
        password: Secret
        code: Secret | None = None

    def __init__(self, username: str = "") -> None:
        super().__init__()
        self._fixed = username
        self._busy = False
        self._password: Secret | None = None
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("Username", classes="label")
        yield NameInput(value=self._fixed, id="username", max_length=150, disabled=bool(self._fixed))
        yield Static("Password", classes="label", id="password-label")
        yield SecretInput(id="password")
        yield Static("Code of your authenticator", classes="label -hidden", id="code-label")
        yield CodeInput(id="code", classes="-hidden")
        yield Static(id="message")

    def on_mount(self) -> None:
        self.query_one("#password" if self._fixed else "#username", Input).focus()

    @property
    def asks_code(self) -> bool:
        """Whether the password was right and the code is asked for."""
        return self._password is not None

    def ask_code(self, password: Secret) -> None:
        """Asks for the code, and keeps the password that was right meanwhile."""
        self._forget()
        self._busy = False
        self._password = password
        self._waiting = self.set_timer(CODE_SECONDS, self._waited)
        self._show_fields()
        self.query_one("#message", Static).update(Content("Type the six digits that it shows now. Esc goes back."))

    def refuse(self, sentence: str) -> None:
        """Says why nobody was let in, and asks again for what was asked for."""
        self._busy = False
        self.query_one("#message", Static).update(safe(sentence))
        for name in ("#password", "#code"):
            self.query_one(name, Input).clear()
        self._focus()

    def reset(self) -> None:
        """Empties what was typed and said, and asks for the password."""
        self._busy = False
        self._forget()
        for name in ("#password", "#code"):
            self.query_one(name, Input).clear()
        self.query_one("#message", Static).update(Content(""))
        self._show_fields()

    def back(self) -> bool:
        """Goes from the code back to the password; False where the password was asked for already."""
        if not self.asks_code:
            return False
        self.reset()
        return True

    def on_unmount(self) -> None:
        """Keeps nothing."""
        self._forget()

    def _forget(self) -> None:
        self._password = None
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None

    def _waited(self) -> None:
        if self._busy:  # a code is being verified: its answer says what comes next
            self._waiting = self.set_timer(CODE_SECONDS, self._waited)
            return
        self.reset()
        self.query_one("#message", Static).update(Content("No code was typed for a while: begin again."))

    def _show_fields(self) -> None:
        for name in ("#password-label", "#password"):
            self.query_one(name).set_class(self.asks_code, "-hidden")
        for name in ("#code-label", "#code"):
            self.query_one(name).set_class(not self.asks_code, "-hidden")
        self.query_one("#username", Input).disabled = self.asks_code or bool(self._fixed)
        self._focus()

    def _focus(self) -> None:
        self.query_one("#code" if self.asks_code else "#password", Input).focus()

    @on(Input.Submitted, "#code")
    def _submit_code(self) -> None:
        from models.operations.plan import Secret

        code = self.query_one("#code", Input)
        if self._busy or self._password is None or not code.value.strip():
            return
        self._busy = True
        typed = Secret(code.value)
        code.clear()
        self.query_one("#message", Static).update(Content("Checking ..."))
        self.post_message(self.Submitted(self.query_one("#username", Input).value.strip(), self._password, typed))

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
