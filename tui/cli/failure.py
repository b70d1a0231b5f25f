"""A command that cannot go on: one sentence for the person, one word for a program, one exit code."""

from __future__ import annotations

from typing import Final

from tui.cli.exits import Exit

KINDS: Final = {
    Exit.FAILED: "failed",
    Exit.USAGE: "usage",
    Exit.REFUSED: "refused",
    Exit.CONFLICT: "conflict",
    Exit.UNAVAILABLE: "unavailable",
    Exit.UNKNOWN: "unknown",
}


class Failure(Exception):
    """Ends the command. `sentence` goes to standard error behind `shellback: `, and into the document of `--json`."""

    def __init__(self, sentence: str, exit_code: int = Exit.FAILED, *, kind: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = int(exit_code)
        self.kind = kind or KINDS.get(Exit(exit_code), "failed")


def usage(sentence: str) -> Failure:
    """What was typed does not make sense: exit 2."""
    return Failure(sentence, Exit.USAGE)


def not_found(user: str) -> Failure:
    """There is nobody of this id or name: exit 1."""
    return Failure(f"There is no user {user}.", Exit.FAILED, kind="not_found")


def refused(sentence: str) -> Failure:
    """A rule forbids it: exit 3."""
    return Failure(sentence, Exit.REFUSED)
