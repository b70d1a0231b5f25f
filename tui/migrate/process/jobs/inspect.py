"""Look at the database: which it is, and which migrations it has. Changes nothing, and imports no models."""

from __future__ import annotations

from typing import Any

from ..faults import describe
from ..runs.log_reading import read_log
from ..sizing.measuring import every_table
from ..work import Work
from .measure import measured

NEEDS_NO_MODELS = True


async def run(work: Work) -> dict[str, Any]:
    """`after_backend` of the order: wait first until that backend of a worker that died is gone. `sizes`: read those of
    the tables, too."""
    if backend := work.order.get("after_backend"):
        await work.session.settle(backend)
    try:
        rows = await work.rows.applied()
    except Exception as error:  # noqa: BLE001 - a table of that name may be anything
        return {"outcome": "failed", "stage": "rows", "error": describe(error)}

    log = await read_log(work.rows.select, work.rows.dialect, work.app)
    sizes = await _sizes(work) if work.order.get("sizes") else {}
    return {"outcome": "inspected", "applied": rows, "log": log, "sizes": sizes}


async def _sizes(work: Work) -> dict[str, Any]:
    """Nothing where they cannot be read: they are good to know, and no more."""
    ask, dialect = work.session.select, work.session.dialect
    try:
        found: dict[str, Any] = (await measured(work, {"tables": await every_table(ask, dialect)}))["sizes"]
    except Exception:  # noqa: BLE001 - a lock, a deadline, a right that is missing
        return {}
    return found
