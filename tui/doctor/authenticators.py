"""Whether the codes of authenticators can be verified here: the key is there, and opens what is stored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from models import MfaFactor
from models.engines.errors import PermissionRefused
from models.mfa_secrets import MAKE_ONE, MfaKeyError, mfa_keys
from models.operations.mfa.factors import TOTP_KIND, readable_ones
from models.operations.text import counted
from tui.doctor.check import failed, ok, warning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.doctor.check import Check

LOOKED_AT: Final = 100
"""Authenticators that are tried, the newest."""
NAME: Final = "authenticators"


async def check_authenticators() -> Check:
    """Try the key on what is stored. Reads only. Raises `DatabaseError`."""
    newest = MfaFactor.filter(kind=TOTP_KIND, is_pending=False).order_by("-id").limit(LOOKED_AT)
    try:
        rows = await newest.values_list("id", "user_id", "secret_encrypted")
    except PermissionRefused:
        return await _own_key()
    found = [(one, user_id, bytes(stored)) for one, user_id, stored in rows]
    try:
        await asyncio.to_thread(mfa_keys)
    except MfaKeyError as error:
        if found:
            return failed(NAME, f"{error.sentence} Nobody with one is let in.", "bring the key back, or reset them")
        return ok(NAME, f"None is enrolled, and there is no key for any. {MAKE_ONE}")
    readable = await asyncio.to_thread(_readable, found)
    if readable < len(found):
        sentence = f"{counted(len(found) - readable, 'authenticator')} of the newest {len(found)} cannot be read here."
        todo = "name the key that sealed them, or reset them: shellback users mfa reset USER"
        return warning(NAME, sentence, todo)
    opens = f"opens {counted(readable, 'authenticator')}" if found else "none is enrolled"
    return ok(NAME, f"The key is there, and {opens}.")


async def _own_key() -> Check:
    """What can be said over a connection that does not see what is stored: of the key alone."""
    hidden = "What is stored is not for this role of the database to read."
    try:
        await asyncio.to_thread(mfa_keys)
    except MfaKeyError as error:
        return warning(NAME, f"{error.sentence} {hidden}", "run doctor over the connection of the application")
    return ok(NAME, f"The key is there. {hidden}")


def _readable(found: Sequence[tuple[int, int, bytes]]) -> int:
    return sum(len(readable_ones(user_id, [(one, stored)])) for one, user_id, stored in found)
