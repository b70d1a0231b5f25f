"""Activate or deactivate, and end sessions: one user, what it does, a reason, and a key to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from models.operations import plan_activate, plan_deactivate, plan_end_session, plan_revoke_sessions
from tui.browse.moments import ago, stamp
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog
from tui.terminal.safe import safe
from tui.widgets.check import Check

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from models.operations import Plan
    from tui.browse.user.detail import Detail


class ActivationDialog(WriteDialog):
    """Deactivates an active user and activates an inactive one, whichever it is when the dialog reads it."""

    VERB: ClassVar[str] = "Activate"

    def __init__(self, user_id: int) -> None:
        super().__init__("Activate or deactivate", user_id)

    async def make_plan(self, detail: Detail) -> Plan:
        planner = plan_deactivate if detail.is_active else plan_activate
        return await planner(self.shell.actor, self.user_id)

    def show_plan(self, plan: Plan) -> None:
        """Names the verb that it is."""
        verb = self._verb
        self.query_one("#title-text", Static).update(Content(f"{verb} an account"))
        self.name_confirm(verb)
        self.mark_danger(verb == "Deactivate")
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        return twin(self.shell.launch.command, "users", self._verb.lower(), self.user_id, reason=reason)

    @property
    def _verb(self) -> str:
        return "Deactivate" if self.detail is not None and self.detail.is_active else "Activate"


class SessionsDialog(WriteDialog):
    """Ends every session and token of a user, who stays as free to sign in again as before.

    Of oneself: every session but the one that is being used, unless that is unticked.
    """

    VERB: ClassVar[str] = "End sessions"
    NOTHING: ClassVar[str] = "No other session is open."

    def __init__(self, user_id: int) -> None:
        super().__init__("End all sessions", user_id)

    def compose_options(self) -> ComposeResult:
        yield Check(Content("keep the one that I am using"), True, id="keep", compact=True, classes="-hidden")

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_revoke_sessions(self.shell.actor, detail.account.id, keep=self._kept)

    def fill(self, detail: Detail) -> None:
        """Asks only those who are about to end their own."""
        own = detail.account.id == self.shell.actor.user_id and self.shell.actor.session_id is not None
        self.query_one("#keep").set_class(not own, "-hidden")

    @property
    def _kept(self) -> int | None:
        actor = self.shell.actor
        own = actor.user_id == self.user_id and self.query_one("#keep", Check).value
        return actor.session_id if own else None

    def show_plan(self, plan: Plan) -> None:
        """Somebody is thrown out of what is open."""
        self.mark_danger(True)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        if self._kept is None:
            return twin(self.shell.launch.command, "users", "sessions", self.user_id, "--end-all", reason=reason)
        words = ("users", "sessions", self.user_id, "--end-all", "--keep", self._kept)
        return twin(self.shell.launch.command, *words, reason=reason)

    def on_check_changed(self) -> None:
        """Another choice, another plan."""
        self.read_again()


class SessionDialog(WriteDialog):
    """Ends one session of a user; the others go on."""

    VERB: ClassVar[str] = "End session"
    NOTHING: ClassVar[str] = "This session is not open any more."

    def __init__(self, user_id: int, session_id: int) -> None:
        super().__init__("End one session", user_id)
        self._session_id = session_id

    def compose_options(self) -> ComposeResult:
        yield Static(id="session")

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_end_session(self.shell.actor, detail.account.id, self._session_id)

    def fill(self, detail: Detail) -> None:
        """Says which one it is, so that the wrong telephone is visible."""
        session = next((one for one in detail.sessions if one.id == self._session_id), None)
        if session is None:
            return
        where = " · ".join(part for part in (session.ip, session.user_agent) if part) or "from an unknown place"
        began, seen = stamp(session.created_at, detail.now), ago(session.last_seen_at, detail.now)
        words = f"Session {session.id} ({session.kind}), began {began}, last seen {seen}"
        self.query_one("#session", Static).update(Content.assemble(safe(words, 200), "\n", safe(where, 300)))

    def show_plan(self, plan: Plan) -> None:
        """Somebody is thrown out."""
        self.mark_danger(True)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        words = ("users", "sessions", self.user_id, "--end", self._session_id)
        return twin(self.shell.launch.command, *words, reason=reason)
