"""The command lines that do what the dialogs of migrations do: exactly what could be typed. All are made here. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.migrate.past.ways import NEED_REASON
from tui.migrate.plans.action import Action
from tui.screens.twins import twin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.migrate.make.draft import Draft
    from tui.migrate.past.recovery import Unfinished
    from tui.migrate.past.ways import Way
    from tui.migrate.plans.planning import RunPlan
    from tui.migrate.plans.preflight import Preflight
    from tui.migrate.source.project import Project
    from tui.migrate.states import Listing

TO_BE_SAID: Final = "..."
"""Stands for a reason that is not typed yet."""


def migrate_twin(command: str, project: Project, verb: str, *words: str, reason: str = "") -> str:
    """Return the line; `command` is how our own database is reached. A foreign project's is in its own configuration:
    the options of ours would be refused beside it."""
    if project.is_own:
        return twin(command, "migrate", verb, *words, reason=reason)
    app = ["--app", project.app] if len(project.apps) > 1 else []
    program = command.split(" ", 1)[0]
    return twin(program, "migrate", verb, "--project", str(project.root), *app, *words, reason=reason)


def word_for(listing: Listing, version: str) -> str:
    """Return what names a file on the command line: its number, or its name where that number stands twice."""
    number = next((str(entry.number) for entry in listing.entries if entry.version == version), "")
    return number if len(listing.find(number)) == 1 else version


def apply_twin(command: str, listing: Listing, plan: RunPlan, found: Preflight | None = None) -> str:
    """Return it, with what has to be accepted named one by one."""
    words = ["--to", word_for(listing, plan.files[-1].version)]
    if plan.at_once:
        words.append("--all-or-nothing")
    points = found.to_accept if found is not None else ()
    for is_lint, key in dict.fromkeys((point.is_lint, point.key) for point in points):
        words += ["--despite-lint" if is_lint else "--accept", key]
    return migrate_twin(command, plan.project, "apply", *words)


def dry_run_twin(command: str, listing: Listing, plan: RunPlan) -> str:
    """Return the line that tries what `apply` would run."""
    words = ("--to", word_for(listing, plan.files[-1].version), "--dry-run")
    return migrate_twin(command, plan.project, "apply", *words)


def revert_twin(command: str, listing: Listing, plan: RunPlan, version: str, reason: str = "") -> str:
    """Return the line that takes back what is behind `version`."""
    words = ("--to", word_for(listing, version))
    return migrate_twin(command, plan.project, "revert", *words, reason=reason)


def stamp_twin(command: str, listing: Listing, plan: RunPlan, reason: str) -> str:
    """Return the line of a stamp or an un-stamp; while no file is chosen, `NUMBER` stands for it."""
    last = word_for(listing, plan.files[-1].version) if plan.files else "NUMBER"
    words = ["--to", last] if len(plan.files) > 1 else [last]
    if plan.action is Action.UNSTAMP:
        words.append("--undo")
    return migrate_twin(command, plan.project, "stamp", *words, reason=reason or TO_BE_SAID)


def make_twin(command: str, project: Project, name: str = "", renames: Iterable[str] = (), last: str = "") -> str:
    """Return the line that writes a migration; `last` is `--empty`, `--no-renames` or nothing."""
    words = ["--name", name] if name else []
    for text in renames:
        words += ["--rename", text]
    return migrate_twin(command, project, "make", *words, *([last] if last else []))


def draft_twin(command: str, project: Project, name: str, draft: Draft) -> str:
    """Return the line that makes this draft."""
    renames = [each.typed for each in draft.questions if each.id in draft.answers]
    last = "--empty" if draft.is_empty else "--no-renames" if draft.questions else ""
    return make_twin(command, project, name, renames, last)


def recover_twin(command: str, project: Project, found: Unfinished, way: Way, reason: str = "") -> str:
    """Return the line of one way on."""
    words = ([found.version] if found.version else []) + [f"--{way}"]
    unsaid = TO_BE_SAID if way in NEED_REASON else ""
    return migrate_twin(command, project, "recover", *words, reason=reason or unsaid)


def restore_twin(command: str, project: Project, name: str) -> str:
    """Return the line that puts a copy back."""
    return migrate_twin(command, project, "backups", "--restore", name)


def drift_twin(command: str, project: Project) -> str:
    """Return the line that compares."""
    return migrate_twin(command, project, "drift")
