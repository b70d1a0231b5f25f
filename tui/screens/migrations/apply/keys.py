"""The keys that apply migrations: what they would do, why they do nothing now, and the way from the key to the run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from models.permissions import Codename
from tui.migrate.plans.planning import plan_next
from tui.migrate.plans.preflight import look_before
from tui.screens.migrations.apply.dialog import ApplyDialog
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.command_line import apply_twin
from tui.screens.migrations.words import database_name

if TYPE_CHECKING:
    from tui.app import ShellbackApp
    from tui.migrate.listing import Look
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.plans.preflight import Preflight
    from tui.migrate.states import Entry
    from tui.screens.migrations.acting import Acts
    from tui.screens.migrations.apply.dialog import Agreed

PREFLIGHT_SECONDS: Final = 60.0
"""A worker process imports the project first, which can take its time."""
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


def begin_apply(screen: Acts, found: Look, plan: RunPlan) -> None:
    """Asks with everything spelled out, the preflight filled in as it comes, then applies."""
    shell, target = screen.shell, screen.target
    dialog = ApplyDialog(
        plan,
        target=target,
        database=database_name(found),
        badge=shell.launch.badge,
        twin=partial(apply_twin, shell.launch.command, found.listing),
    )

    def answered(answer: Agreed | None) -> None:
        if answer:
            agreed = replace(plan, at_once=answer.at_once)
            screen.once_allowed(lambda: shell.push_screen(ApplyScreen(agreed, target), lambda _: screen.reload()))

    def looked(preflight: Preflight) -> None:
        if dialog.is_mounted:
            dialog.call_later(dialog.show, preflight)

    def failed(sentence: str) -> None:
        if dialog.is_mounted:
            dialog.fail(sentence)

    shell.push_screen(dialog, answered)
    screen.run_read(
        partial(look_before, plan, found.dialect), looked, group="preflight", deadline=PREFLIGHT_SECONDS, failed=failed
    )
