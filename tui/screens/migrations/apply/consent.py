"""Asking before anything happens: may this project's Python run, and may exactly these files be applied here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.badge import Tone
from tui.screens.dialogs.confirm import ConfirmDialog
from tui.screens.dialogs.type_to_confirm import TypeToConfirm
from tui.screens.migrations.words import many

if TYPE_CHECKING:
    from tui.badge import Badge
    from tui.migrate.plans.planning import PlannedFile, RunPlan
    from tui.migrate.source.project import Project
    from tui.screens.dialogs.base import Dialog

LISTED = 12
"""Files that a dialog names one by one."""


def may_run(project: Project) -> Dialog[bool]:
    """The question that comes before the first import of a project's code."""
    return ConfirmDialog(
        "Run this project's code?",
        (
            f"This runs Python from {project.root}",
            "Its configuration is imported in a process of its own, as you, to find the database and to apply.",
            "Without it the files are still listed and previewed: that runs nothing.",
            "The answer is kept for this directory.",
        ),
        yes="Run it",
        destructive=True,
    )


def may_apply(plan: RunPlan, *, target: str, database: str, badge: Badge, twin: str = "") -> Dialog[bool]:
    """`Apply 12, 13 and 14`, with the files, where, and what to know; in production the database's name is typed."""
    title = plan.target[:1].upper() + plan.target[1:]
    sentences = [f"{many(len(plan.files), 'file')} to {target}, in this order:"]
    sentences += [f"  {file.version}{_care(file)}" for file in plan.files[:LISTED]]
    if len(plan.files) > LISTED:
        sentences.append(f"  and {len(plan.files) - LISTED} more, up to {plan.files[-1].version}")
    warnings = [f"{caution.state} {caution.version}: {caution.sentence}" for caution in plan.cautions]
    if badge.tone is Tone.DANGER:
        return TypeToConfirm(title, database, [*sentences, *warnings], yes="Apply", twin=twin)
    return ConfirmDialog(title, sentences, warnings=warnings, yes="Apply", destructive=True, twin=twin)


def _care(file: PlannedFile) -> str:
    """What to know of one file before it runs."""
    if not file.transactional:
        return "   (no transaction: it can stop half-way)"
    return "   (runs Python)" if file.dynamic else ""
