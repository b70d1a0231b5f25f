"""What a password and a code are verified against, as far as the database shows it to this connection.

Where the tiers are roles of PostgreSQL (`shellback grants`) nobody reads the columns themselves: functions of the
owner answer for the staff accounts that work under the connection's own tier, and for nobody else. An account that is
not shown is as good as not there. Two questions on PostgreSQL whoever asks, and for whomever: the time tells nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from models import MfaFactor, User
from models.operations.statements import fetch
from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

_HASH: Final = "shellback_stored_hash"
_FINGERPRINT: Final = "shellback_password_fingerprint"
_FACTORS: Final = "shellback_factor_secrets"


def fingerprint(hashed: str) -> str:
    """Return what a link remembers of a stored hash: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(hashed.encode(errors="replace")).hexdigest()


async def stored_hash(client: BaseDBAsyncClient, user_id: int) -> str | None:
    """Return the password's hash as it is stored; None where the account is not there, or not shown."""
    if await _told_by(client, _HASH, "users", "hashed_password"):
        rows = await fetch(client, f"SELECT {_HASH}($1) AS stored", user_id)
        return None if rows[0]["stored"] is None else str(rows[0]["stored"])
    found = await User.filter(id=user_id).using_db(client).values_list("hashed_password", flat=True)
    return str(found[0]) if found else None


async def stored_fingerprint(client: BaseDBAsyncClient, user_id: int) -> str | None:
    """Return the `fingerprint` of the hash; None where the account is not there, or not one to reset here."""
    if await _told_by(client, _FINGERPRINT, "users", "hashed_password"):
        rows = await fetch(client, f"SELECT {_FINGERPRINT}($1) AS stored", user_id)
        return None if rows[0]["stored"] is None else str(rows[0]["stored"])
    found = await User.filter(id=user_id).using_db(client).values_list("hashed_password", flat=True)
    return fingerprint(str(found[0])) if found else None


async def factor_secrets(client: BaseDBAsyncClient, user_id: int) -> dict[int, bytes]:
    """Return the sealed secrets of the user's authenticators by id; none where they are not shown."""
    if await _told_by(client, _FACTORS, "mfa_factors", "secret_encrypted"):
        rows = await fetch(client, f"SELECT id, secret_encrypted FROM {_FACTORS}($1)", user_id)  # noqa: S608
        return {int(row["id"]): bytes(row["secret_encrypted"]) for row in rows}
    mine = MfaFactor.filter(user_id=user_id).using_db(client)
    return {int(one): bytes(sealed) for one, sealed in await mine.values_list("id", "secret_encrypted")}


async def _told_by(client: BaseDBAsyncClient, function: str, table: str, column: str) -> bool:
    """Whether the function answers here, and the column does not. Without either the column is asked, and refused."""
    if not is_postgres(client):
        return False
    sql = (
        "SELECT NOT has_column_privilege($1::text, $2::text, 'SELECT')"
        " AND to_regprocedure($3::text) IS NOT NULL AS told"
    )
    return bool((await fetch(client, sql, table, column, f"{function}(integer)"))[0]["told"])
