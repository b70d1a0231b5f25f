"""The current password again, for what changes one's own way in: a new password, an authenticator.

A wrong one counts and waits like a failed sign-in: a session left open is no better place to guess than the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import User
from models.operations.context import Stopped
from models.operations.plan import Refusal, RefusalCode, Status
from models.operations.sign_in_state import count_failure, is_paused
from models.operations.transactions import connection, write_transaction
from models.passwords import verify_off_loop

if TYPE_CHECKING:
    from models.operations.plan import Secret

WRONG = "The current password is not right, or too many were tried. Nothing was changed."


async def prove_own_password(user_id: int, current: Secret) -> str:
    """Return the stored hash that the password was right for. Raises `Stopped`, and counts the failure."""
    rows = await User.filter(id=user_id).values_list("hashed_password", "has_usable_password")
    hashed, usable = rows[0] if rows else (None, False)
    verdict = await verify_off_loop(current.reveal(), hashed)
    paused = await is_paused(connection(), user_id)
    if hashed is None or not usable or paused or not verdict.matches:
        if hashed is not None and not paused:
            await write_transaction(lambda client: count_failure(client, user_id))
        raise Stopped(Status.REFUSED, WRONG, refusals=(Refusal(RefusalCode.WRONG_PASSWORD, WRONG),))
    return str(hashed)
