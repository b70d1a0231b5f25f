"""How far an import is: the line that moves while a file is read or written."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from tui.screens.transfer.words import transfer_line

if TYPE_CHECKING:
    from textual.timer import Timer

    from models.operations.importing import ImportProgress

TICK: Final = 0.25


class ImportPace(Static):
    """Empty while nothing goes on. `tell` may be called from a worker: what it was told is drawn at the next tick."""

    def __init__(self) -> None:
        super().__init__(id="progress")
        self.told: ImportProgress | None = None
        """What was told last; None before anything was."""
        self._began = 0.0
        self._timer: Timer | None = None

    @property
    def is_going(self) -> bool:
        """Whether something goes on."""
        return self._timer is not None

    def begin(self) -> None:
        """Something goes on from now."""
        self.end()
        self._began, self.told = monotonic(), None
        self._timer = self.set_interval(TICK, self._show)

    def end(self) -> None:
        """It is over."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.update(Content(""))

    def tell(self, progress: ImportProgress) -> None:
        """It is so far; each stage has a pace of its own."""
        if self.told is None or progress.stage is not self.told.stage:
            self._began = monotonic()
        self.told = progress

    def _show(self) -> None:
        if self.told is None:
            return
        done = self.told.done
        line = transfer_line(done, self.told.total, done, monotonic() - self._began, "rows")
        self.update(Content.assemble(f"{self.told.stage}: ", line))
