"""What the writers told, counted; and what of it is checked against the database at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.faults.soak.desk import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.invariant import Told


@dataclass(slots=True)
class Tally:
    """`acknowledged` was said to be done and `refused` not to be; `unknown` operations were not settled yet. `asked`
    counts the answers to each question about a lost COMMIT, `fates` how the outcomes ended that were called unknown."""

    operations: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    acknowledged: set[Told] = field(default_factory=set)
    refused: set[Told] = field(default_factory=set)
    unknown: set[UUID] = field(default_factory=set)
    begun: set[UUID] = field(default_factory=set)
    sessions: set[int] = field(default_factory=set)
    cancelled: int = 0
    gone: int = 0
    longest: tuple[float, str] = (0.0, "")

    def heard(self, line: dict[str, Any]) -> None:
        match line["event"]:
            case "begin":
                self.operations[line["kind"]] += 1
                if line["op"]:
                    self.begun.add(UUID(line["op"]))
            case "end":
                self._ended(line)
            case "settled":
                op_id = UUID(line["op"])
                self.unknown.discard(op_id)
                self.fates[line["fate"]] += 1
                (self.acknowledged if line["fate"] == "committed" else self.refused).add(op_id)
            case "fate":
                self.asked[line["fate"]] += 1
            case "error" | "closed":
                self.errors[line["sentence"]] += 1
            case "gone":
                self.gone += 1
            case "cancel":
                self.cancelled += 1

    def _ended(self, line: dict[str, Any]) -> None:
        status = line["status"]
        self.ended[status] += 1
        self.longest = max(self.longest, (line["took"], line["kind"]))
        if status in {"error", "failed", "unknown"}:
            self.errors[_without_number(line["sentence"])] += 1
        if line["session"]:
            self.sessions.add(line["session"])
        if not line["op"]:
            return
        op_id = UUID(line["op"])
        self.acknowledged |= {(op_id, user_id) for user_id in line["done"]}
        self.refused |= {(op_id, user_id) for user_id in line["left"]}
        if line["done"] or line["left"]:
            return
        if status == "ok":
            self.acknowledged.add(op_id)
        elif status == "unknown":
            self.unknown.add(op_id)
        elif status in FAILED:
            self.refused.add(op_id)

    def lines(self) -> Iterator[str]:
        """The table."""
        yield from _row("operations", self.operations)
        yield from _row("ended", self.ended)
        yield from _row("faults", self.faults)
        yield f"of a user whom somebody had deleted  {self.gone}"
        yield f"cancelled on the way  {self.cancelled}"
        yield from _row("commits that were not answered, and what asking said", self.asked)
        yield from _row("outcomes that were called unknown, and became known", self.fates)
        yield f"longest  {self.longest[0]:.1f} s ({self.longest[1]})"
        yield from _row("errors", self.errors)


def _row(name: str, counts: Counter[str]) -> Iterator[str]:
    yield f"{name}  {counts.total()}"
    for what, number in counts.most_common():
        yield f"  {number:6}  {what}"


def _without_number(sentence: str) -> str:
    return sentence.partition(" Its number is ")[0]
