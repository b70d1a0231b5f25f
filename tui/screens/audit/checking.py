"""The check of the chain, in the background of the list: how far it is, and what it found."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from textual.message import Message

from models.operations.audit import anchors
from models.operations.audit.reports import ChainReport
from models.operations.audit.verify import record_failure, verify_trail
from tui.screens.audit.words import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.app import ShellbackApp

BATCH: Final = 500
"""Events that one step of the check reads: some 20 ms of the interface's own time, so that keys stay quick."""

CHECK_SECONDS: Final = 24 * 3600.0


class CheckProgress(Message):
    """So many events have been found good, after so many seconds."""

    def __init__(self, good: int, seconds: float) -> None:
        super().__init__()
        self.good = good
        self.seconds = seconds

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, CheckProgress)

    def words(self, total: int) -> str:
        """How far it is, of so many events."""
        said = f"Checking the chain: {number(self.good)} events are good"
        if total > self.good:
            left = self.seconds / self.good * (total - self.good)
            said += f", {100 * self.good // total} %, about {max(1, round(left))} s left"
        return f"{said} · Esc stops"


async def check(shell: ShellbackApp, tell: Callable[[CheckProgress], object]) -> ChainReport:
    """Check the trail against itself and against this machine's anchors; a failure is recorded where it can be."""
    started = perf_counter()
    await anchors.leave_anchor()
    place = anchors.place()
    lines = None
    if place is not None and place.path is not None and place.path.exists():
        lines = anchors.read_lines(place.path)
    report = await verify_trail(
        anchors=lines,
        database=place.database if place is not None else "",
        batch=BATCH,
        progress=lambda good: tell(CheckProgress(good, perf_counter() - started)),
    )
    if not shell.read_only:
        await record_failure(shell.actor, report)
    return report
