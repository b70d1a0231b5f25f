"""What the audit says about a row: who changed which field since a version, and who deleted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Target

_DELETING = ("users.delete", "users.hard_delete", "roles.delete")
_NEWEST = 200
"""How many rows are looked at: a form that is further behind has nothing to merge by."""
_NEWEST_OF_ALL = 5_000
"""The same for many rows at once."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something, and when by the database's clock."""

    label: str
    at: datetime


async def authors_since(client: BaseDBAsyncClient, target: Target, version: int) -> dict[str, Author]:
    """Return, for each field that was changed after `version`, who changed it last.

    A field that was changed without Shellback (the service, psql) has no entry.
    """
    rows = (
        await AuditEvent.filter(target_type=target.kind, target_id=target.id, outcome="ok", version_after__gt=version)
        .using_db(client)
        .order_by("-id")
        .limit(_NEWEST)
        .values_list("changes", "actor_label", "at")
    )
    authors: dict[str, Author] = {}
    for changes, label, at in rows:
        for name in changes or {}:
            authors.setdefault(name, Author(label, at))
    return authors


async def authors_after(client: BaseDBAsyncClient, event: AuditEvent) -> dict[str, Author]:
    """Return, for each field of its target that was changed after this event, who changed it last."""
    rows = (
        await AuditEvent.filter(target_type=event.target_type, target_id=event.target_id, outcome="ok", id__gt=event.id)
        .using_db(client)
        .order_by("-id")
        .limit(_NEWEST)
        .values_list("changes", "actor_label", "at")
    )
    authors: dict[str, Author] = {}
    for changes, label, at in rows:
        for name in changes or {}:
            authors.setdefault(name, Author(label, at))
    return authors


async def authors_of_all(
    client: BaseDBAsyncClient, kind: str, versions: Mapping[int, int]
) -> dict[int, dict[str, Author]]:
    """Return the same for many rows with one query: `versions` is the version of each that was seen, by its id.

    A row without an entry was changed without Shellback, or so often that its changes are too far back.
    """
    if not versions:
        return {}
    newest = min(_NEWEST * len(versions), _NEWEST_OF_ALL)
    rows = (
        await AuditEvent.filter(
            target_type=kind,
            target_id__in=list(versions),
            outcome="ok",
            version_after__gt=min(versions.values()),
        )
        .using_db(client)
        .order_by("-id")
        .limit(newest)
        .values_list("target_id", "version_after", "changes", "actor_label", "at")
    )
    found: dict[int, dict[str, Author]] = {}
    for target_id, version, changes, label, at in rows:
        if version > versions[target_id]:
            authors = found.setdefault(target_id, {})
            for name in changes or {}:
                authors.setdefault(name, Author(label, at))
    return found


async def deleters(client: BaseDBAsyncClient, kind: str, ids: Iterable[int]) -> dict[int, Author]:
    """Return who deleted each row, where the audit knows: one query."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = (
        await AuditEvent.filter(target_type=kind, target_id__in=wanted, outcome="ok", action__in=list(_DELETING))
        .using_db(client)
        .order_by("id")
        .values_list("target_id", "actor_label", "at")
    )
    return {target_id: Author(label, at) for target_id, label, at in rows}


async def deleted_by(client: BaseDBAsyncClient, target: Target) -> Author | None:
    """Return who deleted the row, where the audit knows."""
    rows = (
        await AuditEvent.filter(target_type=target.kind, target_id=target.id, outcome="ok", action__in=list(_DELETING))
        .using_db(client)
        .order_by("-id")
        .limit(1)
        .values_list("actor_label", "at")
    )
    return Author(*rows[0]) if rows else None
