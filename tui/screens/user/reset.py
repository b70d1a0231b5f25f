"""Reset a password: whose it is stands on the form, the password is generated, and it is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content

from models.operations import PasswordMethod, ResetOptions, plan_reset
from models.operations.reset_options import EXPIRES_IN
from models.permissions import Codename
from tui.screens.twins import reset_twin
from tui.screens.write_dialog import WriteDialog
from tui.widgets.check import Check, Options
from tui.widgets.user_words import sessions_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations import Plan
    from tui.browse.detail import Detail

METHODS = {
    PasswordMethod.GENERATE: "Generate a password",
    PasswordMethod.WORDS: "Generate six words, for the telephone",
    PasswordMethod.DISABLE: "Disable password sign-in",
}


class ResetScreen(WriteDialog):
    """Plans again at every toggle, so that what is shown is what will be done."""

    VERB: ClassVar[str] = "Reset"

    DEFAULT_CSS = """
    ResetScreen #toggles { margin: 1 0 0 0; height: auto; }
    ResetScreen #toggles Check { width: 1fr; }
    """

    def __init__(self, user_id: int) -> None:
        super().__init__("Reset password", user_id)

    def compose_options(self) -> ComposeResult:
        yield Options({str(method): label for method, label in METHODS.items()}, "generate", id="method")
        with VerticalGroup(id="toggles"):
            with HorizontalGroup():
                yield Check(Content("must change at next sign-in"), True, id="must-change", compact=True)
                yield Check(Content("expires in 24 h"), True, id="expires", compact=True)
            with HorizontalGroup():
                yield Check(Content("end sessions and tokens"), True, id="sessions", compact=True)
                yield Check(Content("unlock"), id="unlock", compact=True, classes="-hidden")

    def fill(self, detail: Detail) -> None:
        """Says what there is to end and to unlock."""
        self.query_one("#sessions", Check).label = Content(f"end {sessions_words(detail)}, tokens")
        unlock = self.query_one("#unlock", Check)
        locked = detail.locked_until is not None and detail.locked_until > detail.now
        may = self.shell.may(Codename.USERS_UNLOCK)
        with self.prevent(Check.Changed):
            unlock.value = locked and may
        unlock.disabled = not may
        unlock.label = Content("unlock" if may else "unlock (no permission)")
        unlock.set_class(not locked, "-hidden")

    @property
    def options(self) -> ResetOptions:
        """What is ticked. Before the user is read, unlocking is left to the plan."""
        unlock = self.query_one("#unlock", Check)
        return ResetOptions(
            method=PasswordMethod(self.query_one("#method", Options).picked),
            must_change=self.query_one("#must-change", Check).value,
            expires_in=EXPIRES_IN if self.query_one("#expires", Check).value else None,
            revoke_sessions=self.query_one("#sessions", Check).value,
            unlock=None if unlock.has_class("-hidden") else unlock.value,
        )

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_reset(self.shell.actor, detail.account.id, self.options)

    def effects(self, plan: Plan) -> Sequence[str]:
        """On one line, since the toggles say most of it."""
        return (" · ".join(plan.effects),)

    def command(self, reason: str) -> str:
        return reset_twin(self.shell.launch.command, self.user_id, self.options, reason)

    def on_options_changed(self) -> None:
        """A disabled password neither expires nor is changed."""
        usable = self.options.method is not PasswordMethod.DISABLE
        for name in ("#must-change", "#expires"):
            self.query_one(name, Check).disabled = not usable
        self.read_again()

    def on_check_changed(self) -> None:
        """Another toggle, another plan."""
        self.read_again()
