"""What the reset form asks: how, for how long, and what happens along the way. Nothing is planned here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from models.operations import PasswordMethod, ResetOptions
from models.permissions import Codename
from tui.until import read_span
from tui.widgets.check import Check, Options
from tui.widgets.line_input import LineInput
from tui.widgets.user_words import sessions_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from textual.app import ComposeResult

    from tui.browse.user.detail import Detail

METHODS: Final = {
    PasswordMethod.GENERATE: "Generate a password",
    PasswordMethod.LINK: "Make a one-time link",
    PasswordMethod.WORDS: "Six words, for the telephone",
    PasswordMethod.DISABLE: "Disable password sign-in",
}
OTHER: Final = "other"
SPANS: Final = {"1h": "1 h", "24h": "24 h", "7d": "7 d", "never": "never", OTHER: "other"}
"""How long a generated password works; the last one is typed."""

NO_PERMISSION: Final = "(no permission)"
HALF: Final = 31
"""Characters of a label that leave room for another one beside it at 80 columns."""


class ResetForm(VerticalGroup):
    """Says `Changed` whenever something else is asked for."""

    DEFAULT_CSS: ClassVar[str] = """
    ResetForm { height: auto; }
    ResetForm #method { layout: grid; grid-size: 2; grid-rows: 1; height: 2; }
    ResetForm #spans { height: 1; margin: 1 0 0 0; }
    ResetForm #spans .label { width: 10; }
    ResetForm #expires { layout: horizontal; width: auto; height: 1; }
    ResetForm #expires Option { width: auto; margin: 0 1 0 0; }
    ResetForm #expires #expires-other { margin: 0; }
    ResetForm #span { width: 12; }
    ResetForm #span-error { height: auto; display: none; }
    ResetForm #span-error.-given { display: block; }
    ResetForm #toggles { height: auto; }
    ResetForm #toggles Check { width: 1fr; }
    ResetForm #toggles #reset-mfa.-wide { width: 44; }
    """

    class Changed(Message):
        """Something else is asked for."""

    def __init__(self, may: Callable[[str], bool], *, link_template: str = "") -> None:
        super().__init__()
        self._may = may
        self._template = link_template

    def compose(self) -> ComposeResult:
        yield Options({str(method): label for method, label in METHODS.items()}, "generate", id="method")
        with HorizontalGroup(id="spans"):
            yield Static(Content("Works for"), classes="label")
            yield Options(SPANS, "24h", id="expires")
            yield LineInput(id="span", max_length=7, placeholder="3d", select_on_focus=False)
        yield Static(id="span-error", classes="wrong")
        with VerticalGroup(id="toggles"):
            with HorizontalGroup():
                yield Check(Content("must change at next sign-in"), True, id="must-change", compact=True)
                yield Check(Content("end sessions and tokens"), True, id="sessions", compact=True)
            with HorizontalGroup():
                yield Check(Content("unlock"), id="unlock", compact=True, disabled=True)
                yield Check(Content("reset authenticators"), id="reset-mfa", compact=True, disabled=True)

    _filled = False

    def fill(self, detail: Detail) -> None:
        """Says what there is to end, to unlock and to remove; what cannot be chosen says why."""
        self._filled = True
        with self.prevent(Check.Changed):
            none = not detail.live_sessions
            ended = "end sessions (none), tokens" if none else f"end {sessions_words(detail)}, tokens"
            self.query_one("#sessions", Check).label = Content(ended)
            locked = detail.locked_until is not None and detail.locked_until > detail.now
            why = "(not locked)" if not locked else "" if self._may(Codename.USERS_UNLOCK) else NO_PERMISSION
            self._offer("#unlock", "unlock", why, ticked=True)
            factors = len(detail.factors)
            what = f"reset {factors} authenticator{'' if factors == 1 else 's'}" if factors else "reset authenticators"
            why = "(has none)" if not factors else "" if self._may(Codename.USERS_RESET_MFA) else NO_PERMISSION
            self._offer("#reset-mfa", what, why, ticked=False)

    def _offer(self, id: str, what: str, why_not: str, *, ticked: bool) -> None:  # noqa: A002 - a selector
        check = self.query_one(id, Check)
        check.label = Content(f"{what} {why_not}".rstrip())
        check.disabled = bool(why_not)
        check.value = ticked and not why_not
        check.set_class(len(f"{what} {why_not}") > HALF, "-wide")

    # What is asked for ----------------------------------------------------------------------------------------------

    @property
    def options(self) -> ResetOptions:
        """What is ticked. Before the user is read, unlocking is left to the plan. ValueError, with a sentence, for a
        span that is not one."""
        method = PasswordMethod(self.query_one("#method", Options).picked)
        return ResetOptions(
            method=method,
            must_change=self.query_one("#must-change", Check).value,
            expires_in=self._span() if ResetOptions(method).makes_password else None,
            revoke_sessions=self.query_one("#sessions", Check).value,
            unlock=self.query_one("#unlock", Check).value if self._filled else None,
            reset_mfa=self.query_one("#reset-mfa", Check).value,
            link_template=self._template,
        )

    def _span(self) -> timedelta | None:
        picked = self.query_one("#expires", Options).picked
        return read_span(self.query_one("#span", Input).value if picked == OTHER else picked)

    def say_span(self, sentence: str) -> None:
        """Shows what is wrong with the span, beside it; empty for nothing."""
        line = self.query_one("#span-error", Static)
        line.update(Content(sentence))
        line.set_class(bool(sentence), "-given")

    # Keys -----------------------------------------------------------------------------------------------------------

    @on(Options.Changed, "#method")
    def _method_picked(self, event: Options.Changed) -> None:
        """Only a password that is made here has an end and must be changed."""
        event.stop()
        made = ResetOptions(PasswordMethod(event.key)).makes_password
        for name in ("#must-change", "#expires", "#span"):
            self.query_one(name).disabled = not made
        self.post_message(self.Changed())

    @on(Options.Changed, "#expires")
    def _span_picked(self, event: Options.Changed) -> None:
        event.stop()
        if event.key == OTHER:
            self.query_one("#span", Input).focus()
        self.post_message(self.Changed())

    @on(Input.Changed, "#span")
    def _span_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#expires", Options).pick(OTHER)
        self.post_message(self.Changed())

    @on(Check.Changed)
    def _ticked(self, event: Check.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())
