"""What the password was given for again: which classes of action are proven in a session now.

Reading only, since every scene does it. How a proof comes to be: `step_up.py`.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from models import StepUp

if TYPE_CHECKING:
    from datetime import datetime

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Actor

ASKED_ABOVE: Final = 10
"""Users of a bulk, a changeset or an import up to which no proof is asked for."""

EXPORTED_ABOVE: Final = 100
"""Rows of an export up to which no proof is asked for."""

AHEAD: Final = timedelta(minutes=1)
"""How far a proof may lie ahead of the clock: more means that the clock was set back, and it would last too long."""


class StepUpClass(StrEnum):
    """The classes of action for which the password is asked again; a proof of one says nothing of the others."""

    ROLES = "roles"
    BULK = "bulk"
    DELETE = "delete"
    EXPORT = "export"
    MIGRATIONS = "migrations"


EVERY_CLASS: Final = frozenset(str(kind) for kind in StepUpClass)


async def proofs_of(client: BaseDBAsyncClient, actor: Actor, now: datetime) -> frozenset[str]:
    """Return the classes that are proven now. An actor without a session (the system, a rescue) is never asked."""
    if actor.session_id is None:
        return EVERY_CLASS
    return frozenset(await proven_until(client, actor.session_id, now))


async def proven_until(client: BaseDBAsyncClient, session_id: int, now: datetime) -> dict[str, datetime]:
    """Return until when each class counts that is proven in this session now."""
    given = StepUp.filter(session_id=session_id, expires_at__gt=now, at__lte=now + AHEAD).using_db(client)
    return {str(kind): until for kind, until in await given.order_by("kind").values_list("kind", "expires_at")}
