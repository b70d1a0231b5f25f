"""Signing in: who acts. Says what that is worth, asks for a new password where the old one was temporary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.person import person_of
from tui.screens.base import AreaScreen
from tui.screens.start.signing import end_session, enter
from tui.terminal.safe import safe
from tui.widgets.sign_in_form import SignInForm

if TYPE_CHECKING:
    from models.operations import Secret, SignedIn, SignInRefused
    from tui.database.role import ServerRole
    from tui.person import Person

_RECORDED: Final = "Signing in says who acts, and what is done is recorded under that name."
TRUST: Final = (
    f"{_RECORDED} It is no wall: whoever can read the database credential can use psql. "
    "It becomes one where the database itself enforces the roles."
)


def trust(role: ServerRole | None) -> Content:
    """Return what signing in is worth over this connection; `role` is None where the database has no roles."""
    if role is None:
        return Content(TRUST)
    if role.is_held:
        return Content.assemble(
            f"{_RECORDED} The database knows this connection as ", safe(role.who, 130), " and enforces what it may do."
        )
    not_here = f", which {role.why_not_held}."
    return Content.assemble(TRUST, " Here it does not: this connection is ", safe(role.name, 64), not_here)


class SignInScreen(AreaScreen):
    """The form; stays until somebody was let in. Esc leaves the application."""

    CRUMB = "Sign in"
    INTRO = "Sign in with a staff account: an active user with a role, or a superuser."
    HINTS = ("app.quit",)

    DEFAULT_CSS = """
    SignInScreen #middle { align: center middle; height: 1fr; width: 100%; }
    SignInScreen #trust { width: 60; max-width: 96%; height: auto; color: $text-muted; }
    """

    def compose_body(self) -> ComposeResult:
        database = self.shell.database
        with Vertical(id="middle"):
            yield SignInForm()
            yield Static(trust(database.role if database is not None else None), id="trust")

    def on_sign_in_form_submitted(self, event: SignInForm.Submitted) -> None:
        """Verifies off the interface's own task."""
        started = self.run_write(
            "sign-in",
            partial(enter, event.username, event.password, event.code),
            partial(self._answered, event.password),
            failed=self._refuse,
        )
        if not started:
            self._refuse("")

    def leave(self) -> None:
        """Esc goes back from the code to the password; there is nothing behind this screen but the shell."""
        if not self.query_one(SignInForm).back():
            self.shell.leave()

    def _answered(self, password: Secret, answer: SignedIn | SignInRefused) -> None:
        from models.operations import SignInCode, SignInRefused

        if isinstance(answer, SignInRefused):
            if answer.code is SignInCode.CODE_NEEDED:
                self.query_one(SignInForm).ask_code(password)
                return
            from tui.database.role import only_its_tier

            database = self.shell.database
            self._refuse(answer.sentence + only_its_tier(database.role if database is not None else None))
            return
        person = person_of(answer)
        if not answer.must_change_password:
            self.shell.enter(person)
            return
        from tui.screens.start.change_password import ChangePasswordScreen

        self.query_one(SignInForm).reset()
        self.app.push_screen(ChangePasswordScreen(person, password), partial(self._changed, person))

    def _changed(self, person: Person, changed: bool | None) -> None:
        if changed:
            self.shell.enter(person)
            return
        self._refuse("The password was not changed, so nobody is signed in.")
        self.run_write("sign-out", partial(end_session, person), lambda _: None)

    def _refuse(self, sentence: str) -> None:
        self.query_one(SignInForm).refuse(sentence)
