"""Look at the database: which it is, and which migrations it has. Changes nothing, and imports no models."""

from __future__ import annotations

from typing import Any

from ..faults import describe
from ..log_reading import read_log
from ..work import Work

NEEDS_NO_MODELS = True


async def run(work: Work) -> dict[str, Any]:
    """`after_backend` of the order: wait first until that backend of a worker that died is gone."""
    if backend := work.order.get("after_backend"):
        await work.session.settle(backend)
    try:
        rows = await work.rows.applied()
    except Exception as error:  # noqa: BLE001 - a table of that name may be anything
        return {"outcome": "failed", "stage": "rows", "error": describe(error)}

    log = await read_log(work.rows.select, work.rows.dialect, work.app)
    return {"outcome": "inspected", "applied": rows, "log": log}
