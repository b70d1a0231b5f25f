"""The current password again, for what changes one's own way in: a new password, an authenticator.

A wrong one counts and waits like a failed sign-in: a session left open is no better place to guess than the door.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from models import Account, UserAuthState
from models.clock import database_now
from models.operations.context import Stopped
from models.operations.plan import Refusal, RefusalCode, Status
from models.operations.settling import InDoubt, write_until_known
from models.operations.sign_in.state import count_failure, takes_no_sign_in
from models.operations.sign_in.stored_secrets import stored_hash, verify_stored
from models.operations.transactions import connection

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.plan import Secret

WRONG: Final = "The current password is not right, or too many were tried. Nothing was changed."
ROUNDS: Final = 3
"""How often a password is verified whose stored hash somebody else changed at that moment."""


async def prove_own_password(user_id: int, current: Secret) -> str:
    """Return the stored hash that the password was right for. Raises `Stopped`, and counts the failure."""
    for _round in range(ROUNDS):
        client = connection()
        stored = await _usable(client, await Account.get_or_none(id=user_id, using_db=client))
        verdict = await verify_stored(client, user_id, current.reveal(), stored)
        judging = partial(_judge, user_id=user_id, stored=stored, matches=verdict.matches)
        judged = await write_until_known(judging, _is_counted)
        right = judged.written if isinstance(judged, InDoubt) else judged
        if right and stored is not None:
            return stored
        if right is not None:
            break
    raise Stopped(Status.REFUSED, WRONG, refusals=(Refusal(RefusalCode.WRONG_PASSWORD, WRONG),))


async def _is_counted(right: bool | None) -> bool:
    """Whether the failure was counted, as far as a row can tell: of all but a wrong password nothing is written, and
    what it was found to be stays so."""
    return right is not False


async def _judge(client: BaseDBAsyncClient, user_id: int, stored: str | None, *, matches: bool) -> bool | None:
    """Decide on the account as it is now, one after the other: of many at once none is taken behind the pause that an
    earlier one began. None: the hash is another one by now, and only verifying again tells."""
    account = await Account.filter(id=user_id).using_db(client).select_for_update(no_key=True).first()
    state = await UserAuthState.get_or_none(user_id=user_id, using_db=client)
    if account is None or takes_no_sign_in(state, await database_now(client)):
        return False
    if await _usable(client, account) != stored:
        return None
    if not matches:
        await count_failure(client, user_id)
    return matches


async def _usable(client: BaseDBAsyncClient, account: Account | None) -> str | None:
    return await stored_hash(client, account.id) if account is not None and account.has_usable_password else None
