"""What a rule is. The rules themselves are in the `rules_` modules, all of them together in `catalogue`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tui.migrate.lint.hits import Severity
from tui.migrate.lint.subject import Found, Subject

POSTGRES: Final = ("postgres",)
SQLITE: Final = ("sqlite",)
BOTH: Final = ("postgres", "sqlite")


@dataclass(frozen=True, slots=True)
class Rule:
    """One of our own rules."""

    id: str
    severity: Severity
    title: str
    """What it finds, for the table of rules."""
    check: Callable[[Subject], Iterator[Found]]
    dialects: tuple[str, ...] = BOTH
    only_up: bool = False
    """What a revert loses is counted by the revert itself."""
