"""Write down in the log what somebody did that is no run of a file: a copy put back, a statement ended, a run put
aside. Changes nothing else."""

from __future__ import annotations

from typing import Any

from ..runs.log import Log
from ..work import Work


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `action`, `what` (the copy, the pid, the run), and `log` as of a run. The database may take no row:
    then the local file has it, and `log` of the answer says so."""
    log = await Log.open(work.session, work.rows, work.order, work.app)
    await log.note(str(work.order["what"]))
    return {"outcome": "noted", "log": log.said}
