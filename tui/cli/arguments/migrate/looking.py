"""`migrate status` and `plan`: files read as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.cli.arguments.migrate.verb import add_to, add_verb

if TYPE_CHECKING:
    from tui.cli.arguments.migrate.verb import Subparsers

_LOOKING: Final = "tui.cli.commands.migrate.looking"


def add_looking(verbs: Subparsers) -> None:
    """Both verbs."""
    add_verb(
        verbs,
        "status",
        "every migration and its state",
        "Prints every migration and its state.",
        command=f"{_LOOKING}:status",
    )
    plan = add_verb(
        verbs,
        "plan",
        "what apply would do",
        "Prints the files that `apply` would run, in order.",
        command=f"{_LOOKING}:plan",
    )
    add_to(plan)
