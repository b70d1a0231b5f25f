"""The lint behind the list: what is pending first and as one plan, then what comes into view. Nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.migrate.states import Entry
from tui.screens.migrations.sql.pane import REST
from tui.screens.work import is_there

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.migrate.listing import Look
    from tui.migrate.source.files import MigrationFile
    from tui.screens.base import AreaScreen
    from tui.screens.migrations.lint.marks import LintMarks

MOST_PENDING: Final = 100
"""Files that are linted as soon as the list is there; more of them when they come into view."""
AT_ONCE: Final = 25
"""Files in view that are linted in one go: some hundred milliseconds in a thread."""


class Linting:
    """One screen's lint. `marked` is called on the interface's task when the marks have more to say."""

    def __init__(self, screen: AreaScreen, marks: LintMarks, marked: Callable[[], object]) -> None:
        self._screen = screen
        self._marks = marks
        self._marked = marked
        self._look: Look | None = None
        self._is_going = False
        self._wanted: tuple[Entry, ...] = ()

    def begin(self, look: Look) -> None:
        """Lints what is pending of a look; an earlier one is given up."""
        self._look = look
        pending = [entry.file for entry in look.listing.pending if entry.file is not None][:MOST_PENDING]
        if pending:
            plan: WorkType[None] = partial(self._said, partial(self._plan, look, pending))
            self._screen.run_worker(plan, group="lint", exclusive=True, exit_on_error=False)

    def show(self, entries: Sequence[Entry]) -> None:
        """Lints those of the entries in view that nothing is known of yet."""
        first = self._look.listing.pending[:MOST_PENDING] if self._look is not None else ()
        pending = {entry.version for entry in first}
        self._wanted = tuple(e for e in entries if e.version not in pending and not self._marks.knows(e))
        if self._wanted and self._look is not None and not self._is_going:
            self._is_going = True
            view: WorkType[None] = partial(self._said, self._view)
            self._screen.run_worker(view, group="lint-view", exit_on_error=False)

    async def _said(self, work: Callable[[], Awaitable[None]]) -> None:
        """Runs a part of it; an error is said, and the list goes on without."""
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - as above
            if is_there(self._screen):
                self._screen.shell.warn(self._screen.shell.trouble(error))

    def _tell(self) -> None:
        if is_there(self._screen):
            self._marked()

    async def _plan(self, look: Look, files: list[MigrationFile]) -> None:
        from tui.migrate.lint import lint_look

        shell = self._screen.shell
        # A foreign database is asked by a process of its own: worth it for a page, not for a column.
        report = await lint_look(
            look, files, database=shell.database, directions=("up", "down"), measure=look.project.is_own
        )
        if self._look is look:
            self._marks.take(files, report, measured=look.project.is_own)
            self._tell()

    async def _view(self) -> None:
        """In parts, each of what is in view once it rests; sizes do not matter for what is applied."""
        from tui.migrate.lint import lint_project

        try:
            while self._wanted and (look := self._look) is not None:
                wanted = self._wanted
                await asyncio.sleep(REST)
                if self._wanted != wanted or self._look is not look:
                    continue
                files = [entry.file for entry in self._wanted[:AT_ONCE] if entry.file is not None]
                every = [entry.file for entry in look.listing.entries if entry.file is not None]
                report = await lint_project(
                    look.project, files, every, look.dialect, ask=False, directions=("up", "down")
                )
                self._marks.take(files, report)
                self._tell()
                before, self._wanted = self._wanted, tuple(e for e in self._wanted if not self._marks.knows(e))
                if len(before) == len(self._wanted):
                    return
        finally:
            self._is_going = False
