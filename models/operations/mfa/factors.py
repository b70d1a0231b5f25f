"""The authenticators of a user as they are listed: never the secret, only whether it can be read here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models import MfaFactor
from models.mfa_secrets import MfaKeyError, mfa_keys
from models.operations.plan import json_value
from models.operations.transactions import connection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.operations.plan import Json

TOTP_KIND: Final = "totp"
LISTED: Final = 100
"""Authenticators of one user that are listed."""


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One authenticator. `is_readable`: its codes can be verified here. A pending one is not asked for yet."""

    id: int
    kind: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    is_pending: bool
    is_readable: bool

    def as_json(self) -> dict[str, Json]:
        """Return it as a JSON object."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "created_at": json_value(self.created_at),
            "last_used_at": json_value(self.last_used_at),
            "pending": self.is_pending,
            "readable": self.is_readable,
        }


async def factors_of_user(user_id: int) -> tuple[FactorRow, ...]:
    """Return the authenticators of a user, oldest first. Raises `DatabaseError`."""
    rows = await (
        MfaFactor.filter(user_id=user_id)
        .using_db(connection())
        .order_by("id")
        .limit(LISTED)
        .values_list("id", "kind", "label", "created_at", "last_used_at", "is_pending", "secret_encrypted")
    )
    sealed = [(row[0], bytes(row[6])) for row in rows if row[1] == TOTP_KIND]
    readable = await asyncio.to_thread(readable_ones, user_id, sealed)
    return tuple(
        FactorRow(factor_id, kind, label, created_at, last_used_at, is_pending, factor_id in readable)
        for factor_id, kind, label, created_at, last_used_at, is_pending, _ in rows
    )


def readable_ones(user_id: int, sealed: Sequence[tuple[int, bytes]]) -> frozenset[int]:
    """Return the ids of those that the key opens; none where there is no key. Reads the key file."""
    if not sealed:
        return frozenset()
    try:
        keys = mfa_keys()
    except MfaKeyError:
        return frozenset()
    return frozenset(factor_id for factor_id, stored in sealed if keys.opens(stored, user_id))
