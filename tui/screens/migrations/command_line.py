"""The command line that does what a dialog of migrations does: exactly what could be typed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.migrate.source.files import number_of
from tui.screens.twins import twin

if TYPE_CHECKING:
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.source.project import Project


def migrate_twin(command: str, project: Project, verb: str, *words: str, reason: str = "") -> str:
    """Return the line. A project's database is in its own configuration: how ours is reached has no place there."""
    if project.is_own:
        return twin(command, "migrate", verb, *words, reason=reason)
    app = ["--app", project.app] if len(project.apps) > 1 else []
    program = command.split(" ", 1)[0]
    return twin(program, "migrate", verb, "--project", str(project.root), *app, *words, reason=reason)


def word_for(plan: RunPlan, version: str) -> str:
    """Return what names a file on the command line: its number, or its name where that number stands twice."""
    number = number_of(version)
    known = {*plan.versions, *(name for app, name in plan.expected if app == plan.project.app), version}
    is_alone = number is not None and sum(number_of(name) == number for name in known) == 1
    return str(number) if is_alone else version
