"""`r`: takes back everything behind the file under the cursor. Says why not, or opens the page that counts the loss."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.permissions import Codename
from tui.migrate.plans.reverting import plan_revert, why_no_revert
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.command_line import revert_twin
from tui.screens.migrations.revert.screen import RevertScreen
from tui.screens.migrations.words import database_name

if TYPE_CHECKING:
    from tui.migrate.listing import Look
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.states import Entry
    from tui.screens.migrations.screen import MigrationsScreen


def why_not(screen: MigrationsScreen) -> str | None:
    """Why nothing can be reverted now, in a sentence."""
    if not screen.shell.may(Codename.MIGRATIONS_APPLY):
        return f"Reverting needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    found, row = screen.look, screen.row
    if screen.shell.launch.read_only or (found is not None and not found.writable):
        why = found.why_read_only if found is not None else ""
        return f"The database is open read-only: nothing is reverted. {why}".rstrip()
    if found is None or row is None:
        return NOT_YET
    if found.needs_consent:
        return "Which migrations are applied is not known: agree first that the project may run here (ctrl+r asks)."
    refusal = why_no_revert(found.listing, row.version, writable=found.writable, read_only=found.why_read_only)
    return refusal or None


def begin(screen: MigrationsScreen) -> None:
    """Opens the page; once it was agreed to, runs."""
    found, row = screen.look, screen.row
    assert found is not None
    assert row is not None
    plan = _plan(found, row)
    shell, target = screen.shell, screen.target

    def agreed(reason: str) -> None:
        planned = replace(plan, reason=reason)
        screen.once_allowed(lambda: shell.push_screen(ApplyScreen(planned, target), lambda _: screen.reload()))

    files = {entry.version: entry.file for entry in found.listing.applied if entry.file is not None}
    page = RevertScreen(
        plan,
        {version: files[version] for version in plan.versions},
        dialect=found.dialect,
        target=target,
        database=database_name(found),
        twin=partial(revert_twin, shell.launch.command, found.listing, plan, row.version),
        agreed=agreed,
    )
    shell.push_screen(page)


def _plan(found: Look, row: Entry) -> RunPlan:
    return plan_revert(
        found.project, found.listing, row.version, writable=found.writable, read_only=found.why_read_only
    )
