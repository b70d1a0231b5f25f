"""Sizes of tables, and values that a cast would cut: `tables` and `cuts` of the order. Changes nothing, and imports no
models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..sizing.measuring import LOCK_MS, STATEMENT_MS, measure
from ..work import Work

NEEDS_NO_MODELS = True


async def run(work: Work) -> dict[str, Any]:
    """Answers `sizes` by table, and `cuts` with a count each."""
    return {"outcome": "measured", **await measured(work, work.order)}


async def measured(work: Work, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The same for another job, which has nothing to write afterwards: its connection is read-only from here on."""
    session = work.session
    if session.dialect == "postgres":
        for name, value in (
            ("statement_timeout", str(STATEMENT_MS)),
            ("lock_timeout", str(LOCK_MS)),
            ("default_transaction_read_only", "on"),
        ):
            await session.select("SELECT set_config($1, $2, false)", [name, value])
    found: dict[str, Any] = await work.cancellable(
        measure(session.select, session.dialect, wanted.get("tables", ()), wanted.get("cuts", ()))
    )
    return found
