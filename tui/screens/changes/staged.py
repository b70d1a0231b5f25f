"""What is staged by whoever is signed in: what screens show of it, and the way to its file. Touches no database.

What is held here is what was last read from or written to the file: nothing counts as staged before it is on the disk.
Whoever shows it subscribes to `changed`.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from models.operations.changesets.staged import StagedEdit
    from models.operations.changesets.values import ChangesetOutcome
    from tui.app import ShellbackApp
    from tui.staging import Kept, Shelf

    Edits = tuple[StagedEdit, ...]

READ_ONLY = "This database is open read-only, so nothing can be staged."


class Staged:
    """The changeset of this interface. Its coroutines are the work of `start_write`; they raise `StagingError`."""

    def __init__(self, shell: ShellbackApp) -> None:
        self._shell = shell
        self.edits: Edits = ()
        """In the order in which they were staged first."""
        self.changed: Signal[None] = Signal(shell, "staged")
        """Told after anything here is different."""
        self.commits = 0
        """How many changesets were written: lists that show rows read them again after one."""
        self.in_doubt: ChangesetOutcome | None = None
        """A commit of which nobody knows yet whether it happened."""
        self._changes = 0  # begun or done by this interface: what was read across one is older than what it leaves

    def __len__(self) -> int:
        return len(self.edits)

    def of(self, user_id: int | None) -> StagedEdit | None:
        """The staged edit of a user, if there is one."""
        return next((edit for edit in self.edits if edit.user_id == user_id), None)

    @property
    def ids(self) -> frozenset[int]:
        """The users that have one."""
        return frozenset(edit.user_id for edit in self.edits)

    @property
    def refusal(self) -> str:
        """Why nothing can be staged here at all, in a sentence; empty where it can."""
        return READ_ONLY if self._shell.read_only else ""

    # The file -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Somebody was signed in: reads what they staged earlier, behind the first rows."""
        if self._shelf() is not None:
            self._shell.run_worker(self._begin(), group="staged", exit_on_error=False)

    async def _begin(self) -> None:
        try:
            kept = await self.read()
        except Exception as error:  # noqa: BLE001 - the interface goes on without, and says so
            self._shell.warn(self._shell.trouble(error))
            return
        if kept.problem:
            self._shell.warn(kept.problem)
        if kept.edits:
            self._shell.notify(still_here(kept.edits))

    async def read(self) -> Kept:
        """Read the file: another program of the same person may have changed it."""
        from tui.staging import Kept, load

        shelf, changes = self._shelf(), self._changes
        kept = await asyncio.to_thread(load, shelf) if shelf is not None else Kept(self.edits)
        if changes == self._changes:
            self._take(kept.edits)
        return kept

    async def put(self, edit: StagedEdit) -> None:
        """Stage an edit, in the place of an earlier one of the same user. One that changes nothing takes it out."""
        if not edit.touched:
            await self.drop([edit.user_id])
            return

        def replaced(edits: Edits) -> Edits:
            from models.operations.changesets.staged import MOST
            from tui.staging import StagingError

            if edit.user_id in {each.user_id for each in edits}:
                return tuple(edit if each.user_id == edit.user_id else each for each in edits)
            if len(edits) >= MOST:
                raise StagingError(f"A changeset holds at most {MOST} users. Commit it, or drop some, then stage more.")
            return (*edits, edit)

        await self._change(replaced)

    async def drop(self, user_ids: Iterable[int]) -> None:
        """Take the edits of these users out."""
        gone = frozenset(user_ids)
        await self._change(lambda edits: tuple(each for each in edits if each.user_id not in gone))

    async def discard(self) -> None:
        """Take all of them out."""
        await self._change(lambda _: ())

    async def committed(self, edits: Collection[StagedEdit]) -> None:
        """Take out what was written. One that was staged anew meanwhile stays."""
        self.commits += 1
        self.changed.publish(None)
        try:
            await self._change(lambda kept: tuple(each for each in kept if each not in edits))
        except BaseException:
            # They are written whatever the disk says; the next commit finds that they are so already.
            self._take(tuple(each for each in self.edits if each not in edits))
            raise

    async def _change(self, edit: Callable[[Edits], Edits]) -> None:
        from tui.staging import change

        shelf = self._shelf()
        self._changes += 1
        left = await asyncio.to_thread(change, shelf, edit) if shelf is not None else edit(self.edits)
        self._changes += 1  # once more: what was read meanwhile may not have it yet
        self._take(left)

    def saved(self, user_id: int) -> None:
        """The form that began with what was staged of this user was saved at once: there is nothing left to commit."""
        if self.of(user_id) is not None:
            self._shell.run_worker(self._saved(user_id), group="staged", exit_on_error=False)

    async def _saved(self, user_id: int) -> None:
        try:
            await self.drop([user_id])
        except Exception as error:  # noqa: BLE001 - the save itself stands; the next commit finds that it is so already
            self._shell.warn(self._shell.trouble(error))

    def _take(self, edits: Edits) -> None:
        if edits != self.edits:
            self.edits = edits
            self.changed.publish(None)

    def _shelf(self) -> Shelf | None:
        """Where it is kept; None while there is nobody, or no database, that it could belong to."""
        database, person = self._shell.database, self._shell.person
        if database is None or person is None or person.actor.user_id is None:
            return None
        from tui.settings import state_dir
        from tui.staging import shelf_for

        return shelf_for(state_dir(), database.url.identity, person.actor.user_id)


def still_here(edits: Edits) -> str:
    """Return `3 edits, staged last yesterday 14:03, are still here: key 2.`"""
    from tui.browse.moments import stamp  # brings the models: the interface stands before they are loaded

    when = stamp(max(edit.staged_at for edit in edits), datetime.now(UTC))
    what = "1 edit, staged" if len(edits) == 1 else f"{len(edits)} edits, staged last"
    return f"{what} {when}, {'is' if len(edits) == 1 else 'are'} still here: key 2."


def staged_words(edit: StagedEdit | None) -> str:
    """Return ` Staged, not committed: e-mail, full name.`, or nothing."""
    if edit is None:
        return ""
    from models.operations import field_label

    return f" Staged, not committed: {', '.join(field_label(name) for name in edit.touched)}."
