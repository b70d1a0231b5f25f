"""The command line that does what was agreed to on the screen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.migrations.command_line import migrate_twin, word_for

if TYPE_CHECKING:
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.plans.preflight import Preflight


def apply_twin(command: str, plan: RunPlan, found: Preflight | None = None) -> str:
    """Return it, with what has to be accepted named one by one."""
    words = ["--to", word_for(plan, plan.files[-1].version)]
    if plan.at_once:
        words.append("--all-or-nothing")
    for point in found.to_accept if found is not None else ():
        option = "--despite-lint" if point.is_lint else "--accept"
        if [option, point.key] not in [words[index : index + 2] for index in range(len(words))]:
            words += [option, point.key]
    return migrate_twin(command, plan.project, "apply", *words)
