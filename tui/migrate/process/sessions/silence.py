"""A statement or a COMMIT that nobody answers. It may take long: an index of a large table, deferred checks, a replica
that has to have it. So it has no deadline: the server is asked over the other line whether it works on it at all.

Where it does not, the answer was lost on the way, or the question was. Then the line is ended, and the server is asked
what became of the transaction (`fate`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

ASK_EVERY_S: Final = 2.0
ANSWER_S: Final = 10.0
"""How long the other line may take to answer."""
AT_WORK: Final = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active')"
_TIMES: Final = 2
"""Once no may be an answer that is about to arrive."""


async def answered(
    sent: Awaitable[Any],
    is_at_work: Callable[[], Awaitable[bool]],
    end: Callable[[], None],
    *,
    every: float = ASK_EVERY_S,
) -> Any:
    """What the server answers to what was `sent`; raises what that raises. `end` ends its line, and so the waiting."""
    waiting = asyncio.ensure_future(sent)
    silent = 0
    try:
        while not (await asyncio.wait({waiting}, timeout=every))[0]:
            silent = 0 if await is_at_work() else silent + 1
            if silent == _TIMES:
                end()
        return await waiting
    finally:
        if waiting.cancel():
            # asyncpg does one thing at a time: what comes next has to find this one ended.
            await asyncio.wait({waiting})
