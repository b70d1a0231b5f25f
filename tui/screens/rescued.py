"""A word to every superuser who signs in while a rescue is less than a week old."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.worker import WorkType

    from tui.app import ShellbackApp


def tell(shell: ShellbackApp) -> None:
    """Say each rescue of the last week in a toast, once it was read; nothing to anybody but a superuser."""
    if shell.person is None or not shell.person.is_superuser or shell.database is None:
        return

    async def read() -> None:
        from models.engines.errors import DatabaseError  # the first paint does not wait for these
        from models.operations.rescue.recent import recent_rescues

        try:
            found = await recent_rescues()
        except (DatabaseError, TimeoutError):
            return  # Status says it as soon as the database answers
        for sentence in found:
            shell.warn(sentence)

    worker: WorkType[None] = read
    shell.run_worker(worker, group="rescues", exclusive=True, exit_on_error=False)
