"""The first account of an empty installation: the only one that nobody has to be signed in to make."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalGroup
from textual.content import Content
from textual.widgets import Input, Static

from tui.keys import bindings
from tui.person import person_of
from tui.screens.base import AreaScreen
from tui.screens.start.signing import enter
from tui.terminal.safe import safe
from tui.widgets.name_input import NameInput
from tui.widgets.secret_input import SecretInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.operations import Outcome, Plan, Secret, SignedIn, SignInRefused

ABOUT: Final = (
    "Nobody can sign in yet. Make the first superuser: it may do everything, and make the other accounts. "
    "The password has at least 15 characters; a sentence is good."
)


class FirstSuperuserScreen(AreaScreen):
    """Username, e-mail and a password typed twice; ends signed in as that account."""

    CRUMB = "First superuser"
    INTRO = "This account is made once, by whoever stands at the machine. It is recorded like every other change."
    HINTS = ("form.save", "app.quit")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form.save")]

    DEFAULT_CSS = """
    FirstSuperuserScreen #middle { align: center middle; height: 1fr; width: 100%; }
    FirstSuperuserScreen #form { width: 64; max-width: 96%; height: auto; }
    FirstSuperuserScreen .label { height: 1; color: $text-muted; }
    FirstSuperuserScreen Input { width: 100%; margin: 0 0 1 0; }
    FirstSuperuserScreen #about { height: auto; margin: 0 0 1 0; }
    FirstSuperuserScreen #message { height: auto; min-height: 2; color: $text-error; }
    """

    def compose_body(self) -> ComposeResult:
        with Vertical(id="middle"), VerticalGroup(id="form"):
            yield Static(Content(ABOUT), id="about")
            yield Static("Username", classes="label")
            yield NameInput(id="username", max_length=150)
            yield Static("E-mail (may stay empty)", classes="label")
            yield NameInput(id="email", max_length=254)
            yield Static("Password", classes="label")
            yield SecretInput(id="new")
            yield Static("The same again", classes="label")
            yield SecretInput(id="again")
            yield Static(id="message")

    def on_mount(self) -> None:
        self.query_one("#username", Input).focus()

    def leave(self) -> None:
        """There is nothing behind this screen but the shell."""
        self.shell.leave()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id == "again":
            self.action_save()
        else:
            self.focus_next()

    _going_on = False
    """From the account's being made until somebody is signed in: a second key would take the place of the sign-in."""

    def action_save(self) -> None:
        """Makes the account, then signs in with it."""
        from models.operations import Secret

        if self._going_on:
            return

        username, email, new, again = (
            self.query_one(name, Input).value for name in ("#username", "#email", "#new", "#again")
        )
        if not username.strip():
            self._say("A username is needed.", "#username")
        elif not new or new != again:
            self._say("The two passwords are not the same." if new else "A password is needed.", "#new")
        else:
            values = {"username": username, **({"email": email} if email.strip() else {})}
            secret = Secret(new)
            work = partial(make_first_superuser, values, secret)
            self._say("Making the account ...")
            made = partial(self._made, username, secret)
            self._going_on = self.run_write("first superuser", work, made, failed=self._say)

    def _made(self, username: str, password: Secret, answer: Plan | Outcome) -> None:
        from models.operations import Plan, RefusalCode

        if isinstance(answer, Plan):
            reasons = [*(error.sentence for error in answer.errors), *(refusal.reason for refusal in answer.refusals)]
            if any(refusal.code is RefusalCode.SUPERUSER_EXISTS for refusal in answer.refusals):
                self._sign_in_instead(" ".join(reasons))
                return
            self._say(" ".join(reasons), f"#{answer.errors[0].field}" if answer.errors else "")
        elif answer.is_ok:
            work = partial(enter, username, password)
            self.run_write("sign-in", work, self._entered, failed=self._sign_in_instead)
        else:
            self._say(answer.sentence)

    def _entered(self, answer: SignedIn | SignInRefused) -> None:
        from models.operations import SignedIn

        if isinstance(answer, SignedIn):
            self.shell.enter(person_of(answer))
        else:
            self._sign_in_instead(answer.sentence)

    def _sign_in_instead(self, sentence: str) -> None:
        """There is a superuser now, and this form could not make another one."""
        from tui.screens.start.sign_in import SignInScreen

        self.shell.warn(sentence)
        self.app.switch_screen(SignInScreen())

    def _say(self, sentence: str, field: str = "") -> None:
        self._going_on = False
        self.query_one("#message", Static).update(safe(sentence))
        name = {"#password": "#new"}.get(field, field)
        for found in self.query(Input):
            if name and f"#{found.id}" == name:
                found.focus()


async def make_first_superuser(values: Mapping[str, object], password: Secret) -> Plan | Outcome:
    """Plans and applies; the plan comes back when something about the values is not taken. Raises `DatabaseError`."""
    from models.operations import apply, plan_create_first_superuser, system_actor

    plan = await plan_create_first_superuser(system_actor(), values, password)
    return await apply(plan) if plan.is_allowed else plan
