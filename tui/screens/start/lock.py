"""What a locked interface shows: nothing of the data, and no key but those of the form and of leaving works."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.person import person_of
from tui.screens.base import AreaScreen
from tui.screens.start.signing import end_session, enter_again
from tui.terminal.safe import safe
from tui.widgets.sign_in_form import SignInForm

if TYPE_CHECKING:
    from models.operations import Secret, SignedIn, SignInRefused
    from tui.person import Person


OPENS: Final = "Your place is kept; the password opens it again."


class LockScreen(AreaScreen):
    """Asks the password of whoever is signed in; ctrl+q leaves the application."""

    CRUMB = "Locked"
    INTRO = "The password of whoever is signed in opens the screen again; ctrl+q leaves."
    HINTS = ("app.quit",)

    DEFAULT_CSS = """
    LockScreen #middle { align: center middle; height: 1fr; width: 100%; }
    LockScreen #why { width: 60; max-width: 96%; height: auto; margin: 0 0 1 0; }
    LockScreen #demo { width: 60; max-width: 96%; height: auto; color: $text-muted; }
    """

    def compose_body(self) -> ComposeResult:
        person = self.shell.person
        with Vertical(id="middle"):
            yield Static(Content(f"Locked. {self.shell.lock.why} {OPENS}".replace("  ", " ")), id="why")
            yield SignInForm(person.username if person else "")
            if self.shell.demo_password is not None:
                yield Static(safe(f"This is a demo: the password is {self.shell.demo_password}"), id="demo")

    def on_sign_in_form_submitted(self, event: SignInForm.Submitted) -> None:
        """Verifies the password again; the old session ends."""
        person = self.shell.person
        if person is None:
            return
        is_demo = self.shell.demo_password is not None
        work = partial(enter_again, person, event.password, event.code, is_demo=is_demo)
        self.run_write("unlocking", work, partial(self._answered, event.password), failed=self._refuse)

    def leave(self) -> None:
        """Esc does not open a lock; it goes back from the code to the password."""
        self.query_one(SignInForm).back()

    def _answered(self, password: Secret, answer: SignedIn | SignInRefused) -> None:
        from models.operations import SignInCode, SignInRefused

        if isinstance(answer, SignInRefused):
            if answer.code is SignInCode.CODE_NEEDED:
                self.query_one(SignInForm).ask_code(password)
                return
            self._refuse(answer.sentence)
            return
        self.query_one(SignInForm).reset()
        person = person_of(answer)
        if not answer.must_change_password:
            self.shell.call_later(self.shell.lock.open, person)
            return
        from tui.screens.start.change_password import ChangePasswordScreen

        # In the lock's own mode: nothing of the data is seen before the new password is stored.
        change = ChangePasswordScreen(person, password)
        self.shell.push_screen(change, partial(self._changed, person), mode=self.shell.current_mode)

    def _changed(self, person: Person, changed: bool | None) -> None:
        if changed:
            self.shell.call_later(self.shell.lock.open, person)
            return
        self._refuse("The password was not changed, so it stays locked.")
        self.run_write("sign-out", partial(end_session, person), lambda _: None)

    def _refuse(self, sentence: str) -> None:
        self.query_one(SignInForm).refuse(sentence)
