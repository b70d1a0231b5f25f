"""How long the interface stands still: `python -m bench.migrate_gap [--files 1000] [--dialect sqlite|postgres]`.

The screen of migrations on a project of so many files, of which all but 200 are applied: the list comes, the cursor
goes down, 200 files are applied, then a file of 5 000 statements. A task that is always ready measures meanwhile how
long the event loop let it wait. Then the program itself in a pseudo-terminal: from the key that opens the list to its
rows, and from `j` to the last byte of the paint that answers, at the pace of a key that is held down.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from bench.asking import asked_for_both
from bench.loop import GAP_AIM, Timed, timed
from bench.migrating import CHECKOUT, SHELLBACK, apply_beforehand, databases, environment, project, run, versions
from bench.places import NAMES
from bench.table import milliseconds, table, verdict
from bench.terminal import TimedTerminal, percentile
from tests.tui.migrate.projects import migration
from tests.tui.screens.migrations.test_list import agree, opened, until_listed, until_over
from tui.terminal.garbage import Garbage
from tui.terminal.process import answer_between_threads

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import ShellbackApp

PENDING: Final = 200
STATEMENTS: Final = 5000
DOWN: Final = 60
HELD: Final = 0.03
"""Seconds between two keys: one that is held down comes about thirty times a second."""
KEY_AIM: Final = 0.016
LIST_AIM: Final = 1.0


def main() -> None:
    asking = argparse.ArgumentParser(
        prog="python -m bench.migrate_gap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("--files", type=int, default=1000, metavar="N", help="migration files of the project (1000)")
    asking.add_argument("--dialect", choices=(*NAMES, "both"), default="both")
    asked = asking.parse_args()
    if asked_for_both("migrate_gap", asked):
        return
    with databases(asked.dialect) as fresh, tempfile.TemporaryDirectory(prefix="shellback-bench-") as folder:
        home, url = Path(folder) / "home", fresh()
        root = project(Path(folder) / "project", url, asked.dialect, asked.files)
        applied = versions(asked.files)[: asked.files - PENDING]
        apply_beforehand(url, asked.dialect, applied)
        run((*SHELLBACK, "migrate", "status", "--project", str(root), "--trust"), CHECKOUT, home, codes=(2,))
        keys = _keys(root, home)
        found = asyncio.run(_gaps(root, home))
    print("\n" + _gap_table(asked.dialect, asked.files, found), flush=True)
    print("\n" + _key_table(asked.dialect, asked.files, *keys), flush=True)


async def _gaps(root: Path, home: Path) -> dict[str, Timed]:
    """What was done, and how long the loop answered nobody meanwhile."""
    os.environ.update(environment(home))
    answer_between_threads()
    found: dict[str, Timed] = {}
    many = "\n".join(f"INSERT INTO item (name) VALUES ('{number}');" for number in range(STATEMENTS))
    begun = time.perf_counter()
    async with opened(root, size=(120, 40)) as pilot:
        Garbage(cast("ShellbackApp", pilot.app)).begin()
        found["the list comes"], _ = await timed(until_listed(pilot, "pending"))
        found["the list comes"] = Timed(time.perf_counter() - begun, found["the list comes"].gap)
        found[f"{DOWN} times down"], _ = await timed(_press(pilot, "j"))
        found[f"{PENDING} files are applied"], _ = await timed(_apply(pilot))
        await pilot.press("escape")
        (root / "migrations" / "models" / "999999_many.py").write_text(migration(many))
        await pilot.press("f5")
        await until_listed(pilot, "1 pending")
        found[f"a file of {STATEMENTS} statements"], _ = await timed(_apply(pilot))
    return found


async def _press(pilot: Pilot[Any], key: str) -> None:
    for _ in range(DOWN):
        await pilot.press(key)


async def _apply(pilot: Pilot[Any]) -> None:
    await agree(pilot, "A")
    await until_over(pilot)


def _keys(root: Path, home: Path) -> tuple[float, list[float]]:
    """Seconds from the key to the list's rows, and of each `j`."""
    argv = (sys.executable, "-m", "tui", "--demo", "--users", "50", "--project", str(root))
    with TimedTerminal(argv, environment=environment(home)) as terminal:
        terminal.wait(lambda text: "50 users" in text or "active" in text)
        terminal.settle()
        shown = terminal.until(b"3", b"pending")
        terminal.settle()
        times = []
        for _ in range(DOWN):
            times.append(terminal.key(b"j"))
            time.sleep(HELD)
    return shown, times


def _gap_table(dialect: str, files: int, found: dict[str, Timed]) -> str:
    return table(
        f"{NAMES[dialect]}, {files} files: the longest time in which the interface answered nobody (aim: 50 ms)",
        ["", "time", "longest gap", ""],
        [
            [what, milliseconds(each.seconds), milliseconds(each.gap), verdict(each.gap, GAP_AIM)]
            for what, each in found.items()
        ],
    )


def _key_table(dialect: str, files: int, shown: float, times: list[float]) -> str:
    p50, p95 = percentile(times, 0.50), percentile(times, 0.95)
    return table(
        f"{NAMES[dialect]}, {files} files, in a terminal of 120 x 40",
        ["", "p50", "p95", "aim", ""],
        [
            [
                "from `3` to the list's states",
                milliseconds(shown),
                "",
                milliseconds(LIST_AIM),
                verdict(shown, LIST_AIM),
            ],
            ["j", milliseconds(p50), milliseconds(p95), milliseconds(KEY_AIM), verdict(p95, KEY_AIM)],
        ],
    )


if __name__ == "__main__":
    main()
