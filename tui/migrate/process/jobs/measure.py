"""Sizes of tables, and values that a cast would cut: `tables` and `cuts` of the order. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..measuring import LOCK_MS, STATEMENT_MS, measure
from ..work import Work


async def run(work: Work) -> dict[str, Any]:
    """Answers `sizes` by table, and `cuts` with a count each."""
    return {"outcome": "measured", **await measured(work, work.order)}


async def measured(work: Work, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The same for another job, which has nothing to write afterwards: its connection is read-only from here on."""
    client = work.session.client
    dialect = "sqlite" if client.capabilities.dialect == "sqlite" else "postgres"
    if dialect == "postgres":
        await client.execute_query(f"SET statement_timeout = {STATEMENT_MS}")
        await client.execute_query(f"SET lock_timeout = {LOCK_MS}")
        await client.execute_query("SET default_transaction_read_only = on")
    found: dict[str, Any] = await work.cancellable(
        measure(client.execute_query_dict, dialect, wanted.get("tables", ()), wanted.get("cuts", ()))
    )
    return found
