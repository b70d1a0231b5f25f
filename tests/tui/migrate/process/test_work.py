"""What a cancel makes of an error that comes after it."""

import asyncio

import asyncpg
import pytest

from tui.migrate.process.runs.holding import CommitUnknown, Stopped
from tui.migrate.process.runs.progress import Progress
from tui.migrate.process.work import Work


def emit(event: str, /, **values: object) -> None:
    del event, values


@pytest.mark.parametrize(
    ("error", "is_raised"),
    [
        (Stopped("Its row could not be written.", "all"), Stopped),
        (CommitUnknown("The line was lost."), CommitUnknown),
        (RuntimeError("a file's own words for it"), asyncio.CancelledError),
    ],
)
async def test_what_became_of_a_commit_is_told_also_after_a_cancel(
    error: Exception, is_raised: type[BaseException]
) -> None:
    work = Work({}, emit, Progress(emit))

    async def run() -> None:
        await work.cancel()
        raise error from asyncpg.QueryCanceledError("canceling statement due to user request")

    work.is_committing = True
    with pytest.raises(is_raised):
        await work.cancellable(run())
