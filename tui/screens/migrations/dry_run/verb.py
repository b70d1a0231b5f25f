"""`d`: what is pending is tried and taken back. Says why not, asks where it can be felt, and opens the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.permissions import Codename
from tui.badge import Tone
from tui.migrate.dry_run.trying import why_not_dry
from tui.migrate.dry_run.words import cautions
from tui.migrate.plans.planning import plan_apply
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.command_line import dry_run_twin
from tui.screens.migrations.dry_run.screen import DryRunScreen
from tui.screens.migrations.words import many

if TYPE_CHECKING:
    from tui.migrate.listing import Look
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.states import Entry
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why nothing can be tried now, in a sentence."""
    if not screen.shell.may(Codename.MIGRATIONS_APPLY):
        return f"A dry run needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    found = screen.look
    if found is None:
        return NOT_YET
    if found.needs_consent:
        return "A dry run runs the project's Python: agree first that it may run here (ctrl+r asks)."
    if found.dialect == "postgres" and (screen.shell.launch.read_only or not found.writable):
        return "The database is open read-only: nothing can be tried on it, not even to be taken back."
    return why_not_dry(plan_of(found, screen.row))


def begin(screen: MigrationsScreen) -> None:
    """Asks, except on a copy of SQLite with nothing but SQL to run; then opens the page."""
    found = screen.look
    assert found is not None
    plan, shell, target = plan_of(found, screen.row), screen.shell, screen.target

    def go() -> None:
        shell.push_screen(DryRunScreen(plan, target), lambda _: screen.refresh_bindings())

    def answered(answer: bool | None) -> None:
        if answer:
            screen.once_allowed(go)

    is_production = shell.launch.badge.tone is Tone.DANGER
    if found.dialect == "sqlite" and not is_production and not any(file.dynamic for file in plan.files):
        screen.once_allowed(go)
        return
    files = ", ".join(str(file.number) for file in plan.files)
    said = cautions(plan, found.dialect)
    warnings = [each for each in said if "Python" in each]
    shell.push_screen(
        ConfirmDialog(
            f"Dry run of {files}",
            (f"{many(len(plan.files), 'file')} on {target}:", *(each for each in said if each not in warnings)),
            warnings=warnings,
            yes="Try it",
            destructive=is_production or bool(warnings),
            twin=dry_run_twin(shell.launch.command, found.listing, plan),
        ),
        answered,
    )


def plan_of(found: Look, row: Entry | None) -> RunPlan:
    """Everything pending up to the row, or all of it. A copy of SQLite can be made of what takes no changes, too."""
    until = row.version if row is not None and row.is_pending else None
    if found.dialect == "sqlite":
        return plan_apply(found.project, found.listing, until, create=found.is_new)
    return found.plan(until)
