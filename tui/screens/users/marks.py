"""The marked users of the list, and what is done with all of them at once.

Marks are ids. All that match a search are frozen with the version at which each was seen; marks made one by one are
frozen when a bulk is begun.
"""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from models.operations.bulk import BulkPlan, PendingJob, Selection, freeze_ids, pending_jobs, resume
from models.operations.text import grouped
from tui.browse.lists.ranges import RangeError, ids_between
from tui.browse.lists.selection import freeze
from tui.screens.bulk.dialog import BulkDialog
from tui.screens.bulk.run import BulkRunScreen, journals
from tui.screens.bulk.verb import BulkVerbDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.browse.lists.pages import UserSource
    from tui.screens.base import AreaScreen
    from tui.screens.users.listing import UserList

FREEZE_SECONDS = 900.0
"""A search that scans freezes as it reads, table end to table end."""


class Marking:
    """Marks of one list. `done` is called when a bulk was looked at, so that the list is read again."""

    def __init__(self, area: AreaScreen, users: UserList, done: Callable[[], object]) -> None:
        self._area = area
        self._users = users
        self._done = done
        self._frozen: Selection | None = None

    def mark_all(self) -> None:
        """Marks all that match, as they are at one moment. Esc stops it, and nobody is marked then."""
        query = self._users.query_shown

        def progress(found: int, part: float | None) -> None:
            far = f", searched {part:.0%}" if part is not None else ""
            self._area.call_later(self._users.tell, f"marking all: {grouped(found)}{far}, Esc stops")

        self._users.tell("marking all that match… Esc stops")
        self._area.run_read(
            partial(freeze, query, progress=progress),
            self._take,
            group="freeze",
            deadline=FREEZE_SECONDS,
            failed=self._not_frozen,
        )

    def _take(self, found: Selection) -> None:
        self._frozen = found
        self._users.tell("")
        self._users.table.mark(found.ids)
        if not len(found):
            self._area.shell.notify("Nobody matches, so nobody is marked.")

    def _not_frozen(self, sentence: str) -> None:
        self._users.tell("")
        self._area.shell.warn(sentence)

    def marked(self, count: int) -> None:
        """There are so many marks now. Marks made after all were cleared are others: frozen when they are needed."""
        if not count:
            self._frozen = None

    def mark_range(self, start: int, end: int) -> None:
        """Marks all rows of the list between two of its rows."""
        source = self._users.source
        if source is None:
            return

        def progress(found: int) -> None:
            self._area.call_later(self._users.tell, f"marking the range: {grouped(found)}, Esc stops")

        self._users.tell("marking the range… Esc stops")
        self._area.run_read(
            partial(_between, source, start, end, progress),
            self._take_range,
            group="freeze",
            deadline=FREEZE_SECONDS,
            failed=self._not_frozen,
        )

    def _take_range(self, found: list[int] | RangeError) -> None:
        if isinstance(found, RangeError):
            self._not_frozen(str(found))
            return
        self._users.tell("")
        self._users.table.mark(found)

    async def selection(self) -> Selection:
        """The marked users: as they were frozen if all of them were, else as they are now."""
        marks = cast("set[int]", set(self._users.table.marks))
        kept = await asyncio.to_thread(_of_frozen, self._frozen, marks)  # there may be a million
        return kept or await freeze_ids(marks)

    def bulk(self) -> None:
        """Asks what to do with them, or which interrupted bulk to go on with."""
        area, marked = self._area, len(self._users.table.marks)

        def chosen(answer: str | PendingJob | None) -> None:
            if isinstance(answer, str):
                area.run_read(self.selection, partial(self._plan, answer), group="selection", deadline=60.0)
            elif answer is not None:
                area.run_read(partial(resume, answer.path, area.shell.actor), self._run, group="resume", deadline=120.0)

        def ask(jobs: tuple[PendingJob, ...]) -> None:
            area.app.push_screen(BulkVerbDialog(marked, jobs, self._users.now), chosen)

        area.run_read(_jobs, ask, group="jobs")

    def _plan(self, verb: str, found: Selection) -> None:
        self._area.app.push_screen(BulkDialog(found, verb), self._run)

    def _run(self, plan: BulkPlan | None) -> None:
        if plan is not None:
            self._area.app.push_screen(BulkRunScreen(plan), self._looked_at)

    def _looked_at(self, _: None) -> None:
        self._done()


async def _between(
    source: UserSource, start: int, end: int, progress: Callable[[int], object]
) -> list[int] | RangeError:
    try:
        return await ids_between(source, start, end, progress)
    except RangeError as error:
        return error


async def _jobs() -> tuple[PendingJob, ...]:
    found = await asyncio.to_thread(lambda: pending_jobs(journals()))
    return tuple(job for job in found if not job.is_running)


def _of_frozen(frozen: Selection | None, marks: set[int]) -> Selection | None:
    """The marked users as they were frozen; None unless all of them were."""
    if frozen is None or not marks.issubset(frozen.ids):
        return None
    if len(frozen) == len(marks):
        return frozen
    kept = [place for place, user_id in enumerate(frozen.ids) if user_id in marks]
    left = len(frozen) - len(kept)
    return replace(
        frozen,
        ids=array("q", [frozen.ids[place] for place in kept]),
        versions=array("q", [frozen.versions[place] for place in kept]),
        words=f"{frozen.words}, without {grouped(left)} unmarked",
        query="",
    )
