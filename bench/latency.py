"""The program in a terminal, timed: `python -m bench.latency --data DIR`, DIR being what `python -m bench.fill` made.

Start to first paint stands beside the smallest Textual application, runs of both alternating; everything else beside
the same on a database of a thousand people, in the same run. A paint is timed to its last byte, as a terminal gets it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.asking import parser
from bench.places import Place, places
from bench.shellback import shellback
from bench.table import machine, milliseconds, ratio, say, spaced, table, verdict
from bench.terminal import TimedTerminal, percentile

FEW: Final = 1000
STARTS: Final = 11
KEYS: Final = {"j": (b"j", 60), "page down": (b"\x1b[6~", 20)}
"""What is typed and how often in a round: no more than a thousand people have rows for."""
ROUNDS: Final = 3
HELD: Final = 0.03
"""Seconds of rest between two keys: a key that is held down comes about thirty times a second."""
JUMPS: Final = 12
SEARCHES: Final = 8

FIRST_PAINT_AIM: Final = 1.25
FIRST_ROWS_AIM: Final = 0.6
KEY_AIMS: Final = {"j": 0.016, "page down": 0.030}
MEMORY_AIM: Final = 100.0
MEMORY_RATIO_AIM: Final = 1.1

BARE: Final = (sys.executable, "-m", "bench.bare_app")


@dataclass(slots=True)
class Tour:
    """What one database gave: seconds by what was done, and the memory after all of it in MB."""

    place: Place
    times: dict[str, list[float]] = field(default_factory=dict)
    memory: float = 0.0

    def p50(self, what: str) -> float:
        return percentile(self.times[what], 0.50)

    def p95(self, what: str) -> float:
        return percentile(self.times[what], 0.95)


def main() -> None:
    asked = parser("latency", __doc__).parse_args()
    dialects = ("sqlite", "postgres") if asked.dialect == "both" else (asked.dialect,)
    with (
        tempfile.TemporaryDirectory(prefix="shellback-bench-", dir="/tmp") as made,
        places(asked.data.resolve(), dialects) as many,
    ):
        small = Path(made)
        small.chmod(0o755)
        _fill(small, dialects)
        with places(small, dialects) as few:
            bare, painted, shown = _starts(few, many)
            tours = [(_tour(one), _tour(other)) for one, other in zip(few, many, strict=True)]
    print(f"\n{machine()}\n")
    print(_start_table(bare, painted, shown, few, many), end="\n\n")
    print(_key_table(tours), end="\n\n")
    print(_memory_table(tours, _bare_memory()))


def _fill(directory: Path, dialects: tuple[str, ...]) -> None:
    """A thousand people of each dialect."""
    dialect = "both" if len(dialects) > 1 else dialects[0]
    command = [sys.executable, "-m", "bench.fill", "--users", str(FEW), "--dialect", dialect, "--to", str(directory)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# Starting -----------------------------------------------------------------------------------------------------------


def _starts(few: list[Place], many: list[Place]) -> tuple[list[float], dict[str, list[float]], dict[str, list[float]]]:
    """Seconds to the bare application's first paint; and by URL to Shellback's first paint and to its first rows."""
    bare: list[float] = []
    painted: dict[str, list[float]] = {place.url: [] for place in [*few, *many]}
    shown: dict[str, list[float]] = {place.url: [] for place in [*few, *many]}
    for number in range(STARTS + 1):
        say(f"start {number} of {STARTS}")
        bare_paint = _bare_start()
        for place in [*few, *many]:
            with shellback(place) as terminal:
                paint = terminal.heard(b"Opening ")
                rows = terminal.heard(place.first.encode())
            if number:  # the first round warms the caches of the disk
                painted[place.url].append(paint)
                shown[place.url].append(rows)
        if number:
            bare.append(bare_paint)
    return bare, painted, shown


def _bare_start() -> float:
    with TimedTerminal(BARE) as terminal:
        return terminal.heard(b"bare body")


# Keys ---------------------------------------------------------------------------------------------------------------


def _tour(place: Place) -> Tour:
    """What a person does, over and over, in one run of the program."""
    from tui.widgets.search_box import DEBOUNCE

    say(f"{place.name}, {spaced(place.people)} people")
    tour = Tour(place)
    first, last, found = (name.encode() for name in (place.first, place.last, place.found))
    with shellback(place) as terminal:
        terminal.heard(first)
        terminal.settle(0.5)
        for name, (keys, count) in KEYS.items():
            tour.times[name] = []
            for _ in range(ROUNDS):
                for _ in range(count):
                    terminal.settle(HELD)
                    tour.times[name].append(terminal.key(keys))
                terminal.settle()
                terminal.until(b"g", first)
                terminal.settle()
        tour.times["End"], tour.times["Home"] = [], []
        for _ in range(JUMPS):
            terminal.settle()
            tour.times["End"].append(terminal.until(b"G", last))
            terminal.settle()
            tour.times["Home"].append(terminal.until(b"g", first))
        tour.times["search"] = []
        for _ in range(SEARCHES):
            terminal.settle()
            terminal.until(b"G", last)
            terminal.settle()
            terminal.key(b"/")
            for letter in place.word[:-1]:
                terminal.key(letter.encode())
            tour.times["search"].append(terminal.until(place.word[-1].encode(), found) - DEBOUNCE)
            terminal.settle()
            terminal.key(b"\x1b")  # to the list
            terminal.settle()
            terminal.key(b"\x1b")  # clears the search: the list comes back after the debounce
            terminal.settle(1.0)
        tour.memory = terminal.memory()
    return tour


def _bare_memory() -> float:
    with TimedTerminal(BARE) as terminal:
        terminal.heard(b"bare body")
        terminal.settle()
        return terminal.memory()


# Tables -------------------------------------------------------------------------------------------------------------


def _start_table(
    bare: list[float],
    painted: dict[str, list[float]],
    shown: dict[str, list[float]],
    few: list[Place],
    many: list[Place],
) -> str:
    base = statistics.median(bare)
    rows = [["bare Textual application", milliseconds(base), "x1.00", "", "", ""]]
    for place in [*few, *many]:
        paint, first = statistics.median(painted[place.url]), statistics.median(shown[place.url])
        rows.append(
            [
                _name(place),
                milliseconds(paint),
                ratio(paint, base),
                verdict(paint / base, FIRST_PAINT_AIM),
                milliseconds(first),
                verdict(first, FIRST_ROWS_AIM),
            ]
        )
    title = f"From the start of the process, medians of {STARTS} runs that alternate (aims: x{FIRST_PAINT_AIM}, "
    return table(
        f"{title}{milliseconds(FIRST_ROWS_AIM)})",
        ["", "first paint", "ratio", "", "first rows", ""],
        rows,
    )


def _key_table(tours: list[tuple[Tour, Tour]]) -> str:
    rows = []
    for few, many in tours:
        for what in many.times:
            aim = KEY_AIMS.get(what)
            rows.append(
                [
                    f"{many.place.name} {what}",
                    milliseconds(few.p50(what)),
                    milliseconds(few.p95(what)),
                    milliseconds(many.p50(what)),
                    milliseconds(many.p95(what)),
                    ratio(many.p50(what), few.p50(what)),
                    milliseconds(aim) if aim else "",
                    verdict(many.p95(what), aim) if aim else "",
                ]
            )
    from tui.widgets.search_box import DEBOUNCE

    few_people, many_people = (spaced(tour.place.people) for tour in tours[0])
    return table(
        f"From a key to the paint that answers, 120 x 40 (search: last letter, less {DEBOUNCE:.2f} s debounce)",
        ["", f"{few_people} p50", "p95", f"{many_people} p50", "p95", "ratio p50", "aim p95", ""],
        rows,
    )


def _memory_table(tours: list[tuple[Tour, Tour]], bare: float) -> str:
    rows = [["bare Textual application", "", f"{bare:.0f} MB", "", "", ""]]
    for few, many in tours:
        grown = many.memory / few.memory
        rows.append(
            [
                many.place.name,
                f"{few.memory:.0f} MB",
                f"{many.memory:.0f} MB",
                verdict(many.memory, MEMORY_AIM),
                ratio(many.memory, few.memory),
                verdict(grown, MEMORY_RATIO_AIM),
            ]
        )
    few_people, many_people = (spaced(tour.place.people) for tour in tours[0])
    return table(
        f"Resident memory after all of these keys (aims: {MEMORY_AIM:.0f} MB, x{MEMORY_RATIO_AIM})",
        ["", few_people, many_people, "", "ratio", ""],
        rows,
    )


def _name(place: Place) -> str:
    return f"{place.name}, {spaced(place.people)}"


if __name__ == "__main__":
    main()
