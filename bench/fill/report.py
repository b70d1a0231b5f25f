"""What the person at the terminal sees: one line that moves on, and a table of the steps at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Report:
    """The steps of one run. `title` names the database."""

    def __init__(self, title: str, people: int) -> None:
        self.title = title
        self.people = people
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Times a step and says that it is under way."""
        self._line(name)
        begun = time.perf_counter()
        yield
        self.steps.append((name, time.perf_counter() - begun))
        self._line(f"{name}: {self.steps[-1][1]:.1f} s", end="\n")

    def progress(self, done: int, begun: float) -> None:
        """Says how many people are in, at what rate, and when all will be. `begun` is of time.perf_counter."""
        rate = done / max(time.perf_counter() - begun, 1e-6)
        left = (self.people - done) / rate
        self._line(f"{done:,} of {self.people:,} people · {rate:,.0f} a second · {left:,.0f} s left")

    def table(self, size: int) -> str:
        """The steps with their share and rate; `size` is that of the database in bytes."""
        total = sum(seconds for _, seconds in self.steps)
        lines = [f"{self.title}: {self.people:,} people, {size / 1e9:.2f} GB", ""]
        for name, seconds in [*self.steps, ("total", total)]:
            rate = self.people / seconds if seconds > 0.05 else 0
            lines.append(f"  {name:<28}{seconds:>9.1f} s{seconds / total:>7.0%}{rate:>14,.0f} people/s")
        return "\n".join(lines)

    def _line(self, text: str, end: str = "") -> None:
        if end or sys.stderr.isatty():
            print(f"\r\x1b[K{self.title}: {text}" if sys.stderr.isatty() else f"{self.title}: {text}", end=end,
                  file=sys.stderr, flush=True)  # fmt: skip
