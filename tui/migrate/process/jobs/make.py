"""Draft a migration, count what a rename would keep, or try a draft on a scratch database. Writes no file of anybody.

The project's database is asked only for counts, and for a place to try on where PostgreSQL gives one.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from ..faults import describe
from ..making.base import Refused
from ..making.counting import count
from ..making.stages import draft, try_out
from ..work import Work

NEEDS_DATABASE: Final = False
_STAGES: Final = {"draft": draft, "count": count, "try": try_out}


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `stage`, and what `making.stages` reads for it."""
    stage = _STAGES[work.order["stage"]]
    try:
        found: dict[str, Any] = await work.cancellable(stage(work))
    except Refused as error:
        return {"outcome": "refused", "sentence": str(error)}
    except asyncio.CancelledError:
        return {"outcome": "cancelled"}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever Aerich and the project's files raise is told
        return {"outcome": "failed", "stage": "make", "error": describe(error)}
    return found
