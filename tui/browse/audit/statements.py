"""The SELECTs of the audit's list: a page, a page of what passes a test, the end of a slice. Which is sent when is in
`events.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.browse.sql import NOTHING, Sql, all_of, joined, where

if TYPE_CHECKING:
    from tui.browse.audit.conditions import AuditAccess
    from tui.browse.lists.rows import Position


def candidates(access: AuditAccess, origin: Position | None, columns: str, count: int, *, forward: bool) -> Sql:
    """Return the SELECT of the next `count` events of the walk, tested for nothing."""
    if len(access.lists) <= 1:
        listed = access.lists[0] if access.lists else NOTHING
        return _walk(access, listed, origin, columns, count, forward=forward)
    # Each list from its own index, and the newest of all of them: an event can be on two.
    arms = [
        "SELECT * FROM (" + _walk(access, listed, origin, columns, count, forward=forward) + f") l{number}"
        for number, listed in enumerate(access.lists)
    ]
    return (
        "SELECT * FROM ("
        + joined(arms, " UNION ")
        + ") u"
        + _order(access, forward=forward)
        + Sql(" LIMIT ?", (count,))
    )


def tested(access: AuditAccess, origin: Position | None, columns: str, keys: int, count: int, *, forward: bool) -> Sql:
    """Return the SELECT of up to `count` events that pass the test, among the next `keys` of the walk."""
    return (
        f"SELECT {columns} FROM ("
        + candidates(access, origin, columns, keys, forward=forward)
        + ") s"
        + where(access.test)
        + _order(access, forward=forward)
        + Sql(" LIMIT ?", (count,))
    )


def last_of_slice(access: AuditAccess, origin: Position | None, keys: int, *, forward: bool) -> Sql:
    """Return the SELECT of the last of the next `keys` events of the walk; it finds nothing when there are fewer."""
    return (
        "SELECT id, at FROM ("
        + candidates(access, origin, "id, at", keys, forward=forward)
        + ") s"
        + _order(access, forward=forward)
        + Sql(" LIMIT 1 OFFSET ?", (keys - 1,))
    )


def _walk(access: AuditAccess, listed: Sql, origin: Position | None, columns: str, count: int, *, forward: bool) -> Sql:
    condition = all_of([listed, access.within, access.moments, _after(access, origin, forward=forward)])
    return (
        f"SELECT {columns} FROM audit_events"
        + where(condition)
        + _order(access, forward=forward)
        + Sql(" LIMIT ?", (count,))
    )


def _after(access: AuditAccess, origin: Position | None, *, forward: bool) -> Sql:
    if origin is None:
        return NOTHING
    beyond = "<" if forward else ">"
    if not access.by_moment:
        return Sql(f"id {beyond} ?", (origin.key[-1],))
    at, event_id = origin.key
    return Sql(f"at {beyond}= ? AND (at {beyond} ? OR id {beyond} ?)", (at, at, event_id))


def _order(access: AuditAccess, *, forward: bool) -> Sql:
    direction = "DESC" if forward else "ASC"
    return Sql(f" ORDER BY at {direction}, id {direction}" if access.by_moment else f" ORDER BY id {direction}")
