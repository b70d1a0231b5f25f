"""Where one writer stands: who acts, on whom, and the lines that say what it began and what it was told.

A line is written before an operation may begin and when its answer is there, so that a writer that is killed between
the two has promised nothing.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from models.engines.settlement import Fate
from models.operations import Actor, ActorKind, Outcome, Status, apply, check_again

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path
    from uuid import UUID

    from models.operations import Plan

FAILED = frozenset({Status.UNCHANGED, Status.REFUSED, Status.CONFLICT, Status.GONE, Status.ERROR})
"""Whatever is called so must not be there."""


@dataclass(slots=True)
class Doubt:
    """An operation that nobody knows about, and how to ask again: None while it is not known."""

    op_id: UUID
    ask: Callable[[], Awaitable[Fate | None]]


@dataclass(slots=True)
class Desk:
    """`people` are the ids that are worked on, the first of them by everybody at once; `actors` act."""

    chance: random.Random
    actors: tuple[int, ...]
    people: tuple[int, ...]
    directory: Path
    number: str
    recent: list[UUID] = field(default_factory=list)
    batches: list[UUID] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    made: int = 0

    def actor(self) -> Actor:
        user_id = self.chance.choice(self.actors)
        return Actor(user_id, f"actor {user_id}", ActorKind.CLI)

    def person(self) -> int:
        """Mostly one whom others change too."""
        return self.chance.choice(self.people[:12] if self.chance.random() < 0.5 else self.people)

    def persons(self, fewest: int, most: int) -> list[int]:
        return sorted(self.chance.sample(self.people, self.chance.randint(fewest, most)))

    def name(self) -> str:
        """A name that nobody else makes."""
        self.made += 1
        return f"made{self.number}x{self.made}"

    # Telling --------------------------------------------------------------------------------------------------------

    def begins(self, kind: str, op_id: UUID | None = None) -> Began:
        tell(event="begin", kind=kind, op=op_id)
        return Began(kind, op_id, time.monotonic())

    async def write(self, kind: str, planning: Awaitable[Plan]) -> Outcome:
        """Plan and apply, and tell how it ended."""
        plan = await planning
        began = self.begins(kind, plan.op_id)
        outcome = await apply(plan)
        began.ended(outcome.status, outcome.sentence)
        if outcome.status is Status.OK:
            self.recent = [*self.recent[-30:], plan.op_id]
        if outcome.status is Status.UNKNOWN:
            self.doubts.append(Doubt(plan.op_id, partial(_ask, outcome)))
        return outcome

    async def settle(self) -> None:
        """Ask once about each doubt."""
        for doubt in [*self.doubts]:
            fate = await doubt.ask()
            if fate is not None:
                self.doubts.remove(doubt)
                tell(event="settled", op=doubt.op_id, fate=fate)


@dataclass(frozen=True, slots=True)
class Began:
    """An operation that is on its way."""

    kind: str
    op_id: UUID | None
    at: float

    def ended(
        self, status: str, sentence: str = "", *, done: Iterable[int] = (), left: Iterable[int] = (), session: int = 0
    ) -> None:
        """`done` and `left` are the users of an operation on many, by what was said of each."""
        tell(
            event="end",
            kind=self.kind,
            op=self.op_id,
            status=str(status),
            sentence=sentence,
            took=round(time.monotonic() - self.at, 2),
            done=[*done],
            left=[*left],
            session=session,
        )


async def _ask(outcome: Outcome) -> Fate | None:
    known = await check_again(outcome)
    if known.status is Status.UNKNOWN:
        return None
    return Fate.COMMITTED if known.status is Status.OK else Fate.ABORTED


def tell(**line: Any) -> None:
    """Say one line. Straight to the file: what was said is said, also by a process that is killed now."""
    os.write(1, (json.dumps(line, default=str) + "\n").encode())
