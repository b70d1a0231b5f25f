"""What the keys that apply migrations would do, and why they do nothing now. Asks nobody and applies nothing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from models.permissions import Codename
from tui.migrate.planning import plan_next

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.migrate.listing import Look
    from tui.migrate.planning import RunPlan
    from tui.migrate.states import Entry

APPLY_KEYS: Final = ("apply_next", "apply_to", "apply_all")

NOT_YET: Final = "The list is not there yet."


def plan_of(action: str, found: Look, row: Entry | None) -> RunPlan:
    """Return what a key of `APPLY_KEYS` applies; `row` is under the cursor."""
    if action == "apply_next":
        return plan_next(
            found.project,
            found.listing,
            writable=found.writable,
            read_only=found.why_read_only,
            create=found.is_new,
        )
    return found.plan(row.version if action == "apply_to" and row is not None else None)


def why_not(shell: ShellbackApp, action: str, found: Look | None, row: Entry | None) -> str | None:
    """Return why a key of `APPLY_KEYS` does nothing now, in a sentence; None when it may be tried."""
    if not shell.may(Codename.MIGRATIONS_APPLY):
        return f"Applying needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    if shell.launch.read_only or (found is not None and not found.writable):
        why = found.why_read_only if found is not None else ""
        return f"The database is open read-only: nothing is applied. {why}".rstrip()
    if found is None:
        return NOT_YET
    if found.needs_consent:
        return None
    plan = plan_of(action, found, row)
    return plan.refusals[0] if plan.refusals else None


def apply_twin(command: str, plan: RunPlan) -> str:
    """Return the command line that does the same."""
    project = "" if plan.project.is_own else f" --project {shlex.quote(str(plan.project.root))}"
    return f"{command} migrate apply{project} --to {plan.files[-1].number}"
