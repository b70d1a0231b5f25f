"""An export from a prompt: the password is asked for where it is missing, and how it ended is one of the exits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models.operations.context import Stopped
from tui.cli.failure import Failure, refused
from tui.cli.output import note
from tui.cli.proofs import prove
from tui.transfer.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.cli.running import Session


async def exported(session: Session, export: Callable[[], Awaitable[int]]) -> int:
    """Run `export`, once more when its proof was all that was missing; return its exit status. Raises `Failure`."""
    try:
        try:
            return await export()
        except Stopped as stopped:
            if not await prove(session.who.actor, stopped.refusals):
                raise
        return await export()
    except TransferError as error:
        raise Failure(error.sentence) from None
    except Stopped as stopped:
        raise refused(stopped.sentence) from None
    except asyncio.CancelledError:
        note("Stopped: nothing was exported, and no file is left.")
        raise
