"""Reset the authenticators of a user: the one under the cursor, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content

from models.operations import plan_reset_factors
from tui.sanitise import sanitise
from tui.screens.twins import twin
from tui.screens.write_dialog import WriteDialog
from tui.widgets.check import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.operations import Plan
    from tui.browse.user.detail import Detail


class FactorDialog(WriteDialog):
    """Names each one that goes, and says when the password alone will sign in."""

    VERB: ClassVar[str] = "Reset"
    NOTHING: ClassVar[str] = "This user has no authenticator."

    DEFAULT_CSS = """
    FactorDialog #all { margin: 1 0 0 0; }
    """

    def __init__(self, user_id: int, factor_id: int | None = None) -> None:
        super().__init__("Reset an authenticator" if factor_id else "Reset all authenticators", user_id)
        self._factor_id = factor_id

    def compose_options(self) -> ComposeResult:
        yield Check(Content("all of them"), self._factor_id is None, id="all", classes="-hidden", compact=True)

    def fill(self, detail: Detail) -> None:
        """Asks for all of them only where there is more than one."""
        several = self._factor_id is not None and len(detail.factors) > 1
        self.query_one("#all", Check).set_class(not several, "-hidden")
        self.query_one("#all", Check).label = Content(f"all {len(detail.factors)} of them")

    async def make_plan(self, detail: Detail) -> Plan:
        return await plan_reset_factors(self.shell.actor, detail.account.id, self._chosen)

    @property
    def _chosen(self) -> Sequence[int] | None:
        all_of_them = self.query_one("#all", Check).value
        return None if all_of_them or self._factor_id is None else (self._factor_id,)

    def effects(self, plan: Plan) -> Sequence[str]:
        """Which ones first."""
        gone = tuple(f"{change.field}, {sanitise(change.before, 120)}, is removed" for change in plan.changes)
        return (*gone, *plan.effects, *plan.irreversible)

    def show_plan(self, plan: Plan) -> None:
        """It takes the second lock off somebody's door."""
        self.mark_danger(True)
        super().show_plan(plan)

    def command(self, reason: str) -> str:
        which = [word for one in self._chosen or () for word in ("--factor", one)]
        return twin(self.shell.launch.command, "users", "mfa", "reset", self.user_id, *which, reason=reason)

    def on_check_changed(self) -> None:
        """Another choice, another plan."""
        self.read_again()
