"""The check of the chain, in the background of the list: how far it is, and what it found."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

from textual.message import Message

from models.operations.audit import anchors
from models.operations.audit.reports import ChainReport
from models.operations.audit.verify import record_failure, verify_trail
from tui.screens.audit.words import number
from tui.screens.dialogs.chain import ChainDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.app import ShellbackApp
    from tui.screens.base import AreaScreen

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


class Checking:
    """The check that one screen runs. `told` is called when `words` changed, `show` with the bad event to go to."""

    def __init__(self, screen: AreaScreen, told: Callable[[], object], show: Callable[[int], object]) -> None:
        self._screen = screen
        self._told = told
        self._show = show
        self.words = ""
        """How far it is; empty while nothing is checked."""

    def begin(self) -> None:
        """Checks every event from the first one on; nothing while it is being done."""
        if self.words:
            return
        self._say("Checking the chain from its first event · Esc stops")
        self._screen.run_read(
            self._work, self._checked, group="check", deadline=CHECK_SECONDS, failed=self._not_checked
        )

    def progress(self, event: CheckProgress, total: int) -> None:
        """Says how far it is, of about so many events."""
        if self.words:
            self._say(event.words(total))

    def stopped(self) -> None:
        """Says that it did not come to its end."""
        self._say("")
        self._screen.shell.notify("The check was stopped before its end: it says nothing about the chain.")

    async def _work(self) -> ChainReport:
        return await check(self._screen.shell, self._screen.post_message)

    def _checked(self, report: ChainReport) -> None:
        self._say("")
        shell = self._screen.shell
        shell.push_screen(ChainDialog(report, twin=f"{shell.launch.command} audit verify"), self._chosen)

    def _not_checked(self, sentence: str) -> None:
        self._say("")
        self._screen.shell.warn(f"The chain was not checked to its end. {sentence}")

    def _chosen(self, event_id: int | None) -> None:
        if event_id is not None:
            self._show(event_id)

    def _say(self, words: str) -> None:
        self.words = words
        self._told()


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
