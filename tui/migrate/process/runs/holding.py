"""The transaction that holds files, their rows and the log's, from its BEGIN to what became of its COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..work import Work


class CommitUnknown(Exception):
    """The connection was lost at COMMIT, and nobody could be asked what became of it."""


class Stopped(Exception):
    """The run ends here; the message says why, and what became of the file at hand. `kept`: what it did is there, all
    of it ("all") or what came before it ended its transaction ("some"), and its row is not."""

    def __init__(self, said: str, kept: str = "") -> None:
        super().__init__(said)
        self.kept = kept


@dataclass(slots=True)
class Held:
    """What is known of a transaction. `is_seen`: Aerich's rows were seen to be those expected. `settled`: what was
    asked of the server after a COMMIT without an answer that landed, in a sentence."""

    is_seen: bool = False
    settled: str = ""


@contextlib.asynccontextmanager
async def holding(work: Work, held: Held, last: str, expected: Sequence[tuple[str, str]]) -> AsyncIterator[None]:
    """A transaction on both connections where Aerich's table is elsewhere, committed at the end of the block; `last`
    is the version of its last file. What becomes known goes to `held`, also where the block ends by an error.

    Raises what the database says, and Stopped or CommitUnknown where the line was lost.
    """
    session, rows = work.session, work.rows
    try:
        if work.is_apart:
            await session.begin()
            held.is_seen = await rows.begin(expected)
        else:
            held.is_seen = await session.begin(expected)
        yield
        work.is_committing = True
        work.emit("committing", version=last)
        held.settled = await _commit(session)
        if work.is_apart:
            held.settled = await _commit_row(rows) or held.settled
    except BaseException:
        with contextlib.suppress(Exception):
            await asyncio.shield(session.rollback())
        if work.is_apart:
            with contextlib.suppress(Exception):
                await asyncio.shield(rows.rollback())
        raise
    finally:
        work.is_committing = False


async def _commit(session: Any) -> str:
    """What had to be asked afterwards, in a sentence; "" where COMMIT was answered."""
    try:
        await session.commit()
    except Exception as error:
        if not session.is_lost:
            raise
        fate = await session.fate()
        if fate == "committed":
            return f"{session.lost} was committed."
        if fate == "aborted":
            raise Stopped(f"{session.lost} was rolled back.") from error
        raise CommitUnknown(str(error)) from error
    return ""


async def _commit_row(rows: Any) -> str:
    """The second of two COMMITs, where Aerich's table is in another database: the files' own is there by now."""
    try:
        return await _commit(rows)
    except CommitUnknown:
        said = "Whether its row was written to Aerich's table, which is in another database, is not known."
        raise Stopped(said, "all") from None
    except Exception as error:
        said = f"Its row could not be written to Aerich's table, which is in another database: {error}"
        raise Stopped(said, "all") from error
