"""`f`: the file under the cursor is recorded as applied, or that is forgotten, and nothing is run.

Where nothing is recorded yet, what the database is already is found out first, and the stamp up to there proposed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from models.permissions import Codename
from tui.migrate.plans.baseline import find_baseline, wants_baseline
from tui.migrate.plans.stamping import NO_REASON, plan_stamp, plan_unstamp
from tui.screens.migrations.apply.keys import NOT_YET
from tui.screens.migrations.apply.screen import ApplyScreen
from tui.screens.migrations.command_line import stamp_twin
from tui.screens.migrations.stamp.dialog import StampDialog
from tui.screens.migrations.words import database_name

if TYPE_CHECKING:
    from tui.migrate.listing import Look
    from tui.migrate.plans.baseline import Baseline
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.states import Entry
    from tui.screens.migrations.screen import MigrationsScreen

BASELINE_SECONDS: Final = 120.0
"""Every file is replayed in a worker process, which imports the project first."""


def why_not(screen: MigrationsScreen) -> str | None:
    """Why nothing can be stamped now, in a sentence."""
    if not screen.shell.may(Codename.MIGRATIONS_APPLY):
        return f"Stamping needs the permission {Codename.MIGRATIONS_APPLY}, which your roles do not include."
    found, row = screen.look, screen.row
    if screen.shell.launch.read_only or (found is not None and not found.writable):
        why = found.why_read_only if found is not None else ""
        return f"The database is open read-only: nothing is stamped. {why}".rstrip()
    if found is None or row is None:
        return NOT_YET
    if found.needs_consent:
        return "Which migrations are applied is not known: agree first that the project may run here (ctrl+r asks)."
    if found.is_new:
        return "The database does not exist yet: applying makes it."
    refusals = [each for each in _choose(found, row, row.version, False, "").refusals if each != NO_REASON]
    return refusals[0] if refusals else None


def begin(screen: MigrationsScreen) -> None:
    """Asks, after having looked at what is there where nothing is recorded; then runs."""
    found, row = screen.look, screen.row
    assert found is not None
    assert row is not None
    if row.is_pending and wants_baseline(found.listing):
        screen.notice = "looking at what is there already"
        screen.run_read(
            partial(find_baseline, found.project),
            partial(_proposed, screen, found, row),
            group="baseline",
            deadline=BASELINE_SECONDS,
            failed=partial(_gave_up, screen),
        )
    else:
        _ask(screen, found, row)


def _gave_up(screen: MigrationsScreen, sentence: str) -> None:
    screen.notice = ""
    screen.shell.warn(sentence)


def _proposed(screen: MigrationsScreen, found: Look, row: Entry, baseline: Baseline) -> None:
    screen.notice = ""
    if baseline.fault is not None:
        screen.shell.warn(baseline.fault.message)
    _ask(screen, found, row, baseline if baseline.fault is None else None)


def _ask(screen: MigrationsScreen, found: Look, row: Entry, baseline: Baseline | None = None) -> None:
    shell, target = screen.shell, screen.target

    def agreed(plan: RunPlan | None) -> None:
        if plan is not None:
            screen.once_allowed(lambda: shell.push_screen(ApplyScreen(plan, target), lambda _: screen.reload()))

    proposed = next((each for each in found.listing.pending if baseline and each.version == baseline.proposed), row)
    pending = found.listing.pending
    shell.push_screen(
        StampDialog(
            partial(_choose, found, row),
            _short(found, proposed),
            target=target,
            database=database_name(found),
            badge=shell.launch.badge,
            twin=partial(stamp_twin, shell.launch.command, found.listing),
            earlier=pending.index(row) if row in pending and baseline is None else 0,
            baseline=baseline,
        ),
        agreed,
    )


def _choose(found: Look, row: Entry, which: str, up_to: bool, reason: str) -> RunPlan:
    if not row.is_pending:
        return plan_unstamp(
            found.project,
            found.listing,
            which,
            reason=reason,
            writable=found.writable,
            read_only=found.why_read_only,
        )
    return plan_stamp(
        found.project,
        found.listing,
        which,
        up_to=up_to,
        reason=reason,
        writable=found.writable,
        read_only=found.why_read_only,
    )


def _short(found: Look, entry: Entry) -> str:
    """Its number where that is enough to find it."""
    number = str(entry.number)
    return number if entry.number is not None and len(found.listing.find(number)) == 1 else entry.version
