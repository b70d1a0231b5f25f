"""The monkey let loose on a program that runs in a terminal, in a directory where it can break nothing of anybody."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Final

from tests.e2e.program import shellback, wait_for_rows
from tests.hostile.monkey.steps import steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.terminal import Terminal
    from tests.hostile.monkey.steps import Step

LEAVES_WITHIN: Final = 60.0
"""Seconds: what is being written is waited for, and a busy machine takes its time."""

_ROOT: Final = Path(__file__).parents[3]
_LAST: Final = 8


def work_place(directory: Path) -> Path:
    """A directory for the program to be started in, with a copy of its own migrations, which can be written from it."""
    place = directory / "work"
    shutil.copytree(_ROOT / "migrations", place / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    return place


def let_loose(signed_in: Mapping[str, str], directory: Path, seed: int, count: int) -> list[str]:
    """At most so many steps from this seed, then leaving: what was found, nothing if all is well. Whatever the program
    writes stays in `directory`."""
    place = work_place(directory)
    environment = {
        **signed_in,
        **{f"SHELLBACK_{kind}_DIR": str(directory / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")},
        "HOME": str(directory), "PYTHONPATH": str(place), "EDITOR": "true", "VISUAL": "true",
    }  # fmt: skip
    done: list[Step] = []
    with shellback(environment=environment, directory=place) as terminal:
        # Who leaves while it opens the database leaves with 5: it was not opened.
        wait_for_rows(terminal)
        for step in steps(Random(seed), count):
            if not terminal.is_running:
                break
            _do(terminal, step)
            done.append(step)
        status = _leave(terminal)
        screen = terminal.text()
    incidents = [path.read_text(encoding="utf-8") for path in sorted((directory / "state").glob("incident*"))]
    if status == 0 and not incidents:
        return []
    how = "it did not leave" if status is None else f"it ended with {status}"
    sent = [repr(step.size or step.sent) for step in done[-_LAST:]]
    return [f"seed {seed}: {how} after step {len(done)} of {count}", *incidents, screen, *sent]


def _do(terminal: Terminal, step: Step) -> None:
    if step.size is not None:
        terminal.resize(*step.size)
    else:
        with suppress(OSError):  # the palette leaves, too: nobody is there any more
            terminal._child.send(step.sent)
    until = monotonic() + step.pause
    terminal.text()
    while monotonic() < until:
        terminal.text()


def _leave(terminal: Terminal) -> int | None:
    """Leaves with the key that always does, pressed until it is heard. None where it is not."""
    deadline = monotonic() + LEAVES_WITHIN
    terminal.resize(80, 24)
    while terminal.is_running:
        if monotonic() > deadline:
            return None
        with suppress(OSError):
            terminal.press("ctrl+q")
        with suppress(AssertionError):
            terminal.wait_exit(seconds=1)
    return terminal.status()
