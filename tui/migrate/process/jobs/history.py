"""Read the two long texts of one row of the log, or end a backend that a dead run left behind. Changes no table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..runs.log_reading import APPLICATION, read_texts
from ..sessions.blockers import SIGNALS
from ..work import Work

_STILL = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND application_name = $2"


async def run(work: Work) -> dict[str, Any]:
    """Of the order: `row`, the id of a row of the log; or `end`, [pid, when the backend began] on PostgreSQL."""
    rows: Any = work.rows

    async def ask(sql: str, values: Any) -> Any:
        return await rows.client.execute_query_dict(sql, list(values))

    if end := work.order.get("end"):
        pid, since = int(end[0]), datetime.fromisoformat(end[1])
        ended = bool(await ask(_STILL, (pid, APPLICATION))) and bool(await ask(SIGNALS["terminate"], (pid, since)))
        if ended:
            await work.session.settle(pid)
        return {"outcome": "read", "ended": ended}
    return {"outcome": "read", "texts": await read_texts(ask, rows.dialect, int(work.order["row"]))}
