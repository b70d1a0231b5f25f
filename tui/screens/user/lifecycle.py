"""Activate or deactivate, unlock, and end sessions: one user, what it does, a reason, and a key to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from models.operations import plan_activate, plan_deactivate, plan_revoke_sessions, plan_unlock
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog

if TYPE_CHECKING:
    from models.operations import Plan
    from tui.browse.detail import Detail


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


class UnlockDialog(WriteDialog):
    """Clears failures and the lock; never activates."""

    VERB: ClassVar[str] = "Unlock"
    NOTHING: ClassVar[str] = "This account is not locked, and no failure is counted."

    def __init__(self, user_id: int) -> None:
        super().__init__("Unlock an account", user_id)

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_unlock(self.shell.actor, detail.account.id)

    def effects(self, plan: Plan) -> tuple[str, ...]:
        return ("failed sign-ins are counted from nothing again, and sign-in is open at once", *plan.effects)

    def command(self, reason: str) -> str:
        return twin(self.shell.launch.command, "users", "unlock", self.user_id, reason=reason)


class SessionsDialog(WriteDialog):
    """Ends every session and token of a user, who stays as free to sign in again as before."""

    VERB: ClassVar[str] = "End sessions"

    def __init__(self, user_id: int) -> None:
        super().__init__("End all sessions", user_id)

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_revoke_sessions(self.shell.actor, detail.account.id)

    def show_plan(self, plan: Plan) -> None:
        """Somebody is thrown out of what is open."""
        self.mark_danger(True)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        return twin(self.shell.launch.command, "users", "revoke-sessions", self.user_id, reason=reason)
