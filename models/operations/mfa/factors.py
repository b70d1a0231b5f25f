"""The authenticators of a user as they are listed: never the secret, only whether it can be read here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models import MfaFactor
from models.engines.errors import PermissionRefused
from models.mfa_secrets import MfaKeyError, mfa_keys
from models.operations.plan import json_value
from models.operations.sign_in.stored_secrets import factor_secrets
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
    """One authenticator. A pending one is not asked for yet. `is_readable`: its codes can be verified here; None where
    the database does not let this connection look."""

    id: int
    kind: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    is_pending: bool
    is_readable: bool | None

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
    mine = MfaFactor.filter(user_id=user_id).using_db(connection()).order_by("id").limit(LISTED)
    rows = await mine.values_list("id", "kind", "label", "created_at", "last_used_at", "is_pending")
    if not rows:
        return ()
    readable: frozenset[int] | None
    totp = [int(row[0]) for row in rows if row[1] == TOTP_KIND]
    try:
        secrets = await factor_secrets(connection(), user_id)
    except PermissionRefused:
        secrets = {}
    if totp and not secrets.keys() >= {*totp}:  # not shown to this role of the database
        readable = None
    else:
        sealed = [(one, secrets[one]) for one in totp]
        readable = await asyncio.to_thread(readable_ones, user_id, sealed)
    return tuple(
        FactorRow(
            factor_id,
            kind,
            label,
            created_at,
            last_used_at,
            is_pending,
            None if readable is None else factor_id in readable,
        )
        for factor_id, kind, label, created_at, last_used_at, is_pending in rows
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
