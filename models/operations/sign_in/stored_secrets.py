"""What a password and a code are verified against, as far as the database shows it to this connection.

Where the tiers are roles of PostgreSQL (`shellback grants`) nobody reads the columns themselves: functions of the
owner answer for the staff accounts that work under the connection's own tier, and for nobody else. Of a password they
show the form without the digest, and compare. An account that is not shown is as good as not there. As many questions
on PostgreSQL whoever asks, and for whomever: the time tells nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from models import MfaFactor, User
from models.operations.statements import fetch
from models.operations.transactions import is_postgres
from models.passwords import Verdict, guesses_off_loop, verdict_of, verify_off_loop

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

_FORM: Final = "shellback_password_form"
_MATCHES: Final = "shellback_password_matches"
_MARK: Final = "shellback_mark_link"
_FACTORS: Final = "shellback_factor_secrets"

MARKED_THERE: Final = "0" * 64
"""What a link is handed over with where a trigger of the database writes the fingerprint: no hash has it."""


def fingerprint(hashed: str) -> str:
    """Return what a link remembers of a stored hash: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(hashed.encode(errors="replace")).hexdigest()


async def stored_hash(client: BaseDBAsyncClient, user_id: int) -> str | None:
    """Return the password's hash as it is stored, or as much of it as is shown; None where the account is not there, or
    not shown. A new hash is another one in either case, since its salt is."""
    if await _told_by(client, f"{_FORM}(integer)", "users", "hashed_password"):
        rows = await fetch(client, f"SELECT {_FORM}($1) AS stored", user_id)
        return None if rows[0]["stored"] is None else str(rows[0]["stored"])
    found = await User.filter(id=user_id).using_db(client).values_list("hashed_password", flat=True)
    return str(found[0]) if found else None


async def verify_stored(client: BaseDBAsyncClient, user_id: int, text: str, stored: str | None) -> Verdict:
    """Verify a password against what `stored_hash` returned, outside of any transaction: the database takes its time.

    Raises `DatabaseError` where the database compares.
    """
    if not await _told_by(client, f"{_MATCHES}(integer,text[])", "users", "hashed_password"):
        return await verify_off_loop(text, stored)
    found = await guesses_off_loop(text, stored)
    made = found if isinstance(found, tuple) else ()
    # Guesses at one account wait for each other. At nobody's none does, as at one account among many.
    whose = user_id or -1 - secrets.randbelow(2**31 - 1)
    rows = await fetch(client, f"SELECT {_MATCHES}($1, $2::text[]) AS position", whose, [one.hashed for one in made])
    return verdict_of(made, rows[0]["position"]) if isinstance(found, tuple) else found


async def stored_fingerprint(client: BaseDBAsyncClient, user_id: int) -> str | None:
    """Return the `fingerprint` of the hash, or `MARKED_THERE`; None where the account is not there."""
    if await _told_by(client, f"{_MARK}()", "users", "hashed_password"):
        return MARKED_THERE
    found = await User.filter(id=user_id).using_db(client).values_list("hashed_password", flat=True)
    return fingerprint(str(found[0])) if found else None


async def factor_secrets(client: BaseDBAsyncClient, user_id: int) -> dict[int, bytes]:
    """Return the sealed secrets of the user's authenticators by id; none where they are not shown."""
    if await _told_by(client, f"{_FACTORS}(integer)", "mfa_factors", "secret_encrypted"):
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
    return bool((await fetch(client, sql, table, column, function))[0]["told"])
