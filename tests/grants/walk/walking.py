"""Walks through the calls of the command line, in this process, and tells how each ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from models.operations import Secret
from tests.ended import Ended
from tests.grants.walk.commands import Call
from tests.grants.walk.people import Scenery
from tests.models.operations.mfa.phone import Phone

MFA_KEY: Final = "a key of the tests, long enough for one"

Run = Callable[..., Ended]


@dataclass(frozen=True, slots=True)
class Ending:
    """A call and how it ended."""

    number: int
    command: str
    call: Call
    ended: Ended

    def __str__(self) -> str:
        words = " / ".join(line for line in self.ended.err.splitlines() if line)
        return f"{self.call.argv} [{self.call.on}] ended with {self.ended.code}: {words or self.ended.out[-300:]}"


@dataclass(slots=True)
class Walk:
    """Goes through calls as one person on one database. `me` is the username; `files` a directory of its own."""

    run: Run
    scenery: Scenery
    me: str
    files: Path
    code_of: Callable[[Phone], str]
    factor_of: Callable[[], str]
    project: Path
    """Of somebody else, with a database of its own."""
    _made: dict[str, str] = field(default_factory=dict)

    def call(self, number: int, command: str, call: Call) -> Ending:
        values = self._values(number, call)
        argv = [word.format_map(values) for word in call.argv.split()]
        ended = self.run(*argv, stdin=call.stdin.format_map(values))
        if command == "mfa add" and ended.code == 0:
            self._made["code"] = self.code_of(Phone(Secret(ended.out.strip())))
        return Ending(number, command, call, ended)

    def through(self, calls: Iterable[tuple[int, tuple[str, Call]]]) -> list[Ending]:
        return [self.call(number, command, call) for number, (command, call) in calls]

    def _values(self, number: int, call: Call) -> Mapping[str, str]:
        values = {
            "me": self.me,
            "code": "000000",
            "my_factor": "0",
            "project": str(self.project),
            **self.scenery.values[number],
            **self._made,
        }
        if f"note_{self.me}" in values:
            values["note"] = values[f"note_{self.me}"]
        if "{new_file}" in call.argv:
            values["new_file"] = str(self.files / f"new-{self.me}-{number}")
        if "{csv}" in call.argv:
            path = self.files / f"{self.me}-{number}.csv"
            path.write_text(
                f"username,email\nimported-{self.me},i-{self.me}@example.com\nu{number},x{number}@example.com\n"
            )
            values["csv"] = str(path)
        if "{my_factor}" in call.argv and "code" in self._made:
            values["my_factor"] = self.factor_of()
        return values
