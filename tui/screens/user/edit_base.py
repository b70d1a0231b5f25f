"""The row that a form starts from, read afresh."""

from __future__ import annotations

from models import Account
from models.operations import TargetGone
from models.operations.presence import deleted_sentence
from models.operations.transactions import connection


async def load_account(user_id: int) -> Account:
    """Return the row as it is. Raises `TargetGone`."""
    account = await Account.get_or_none(id=user_id)
    if account is None:
        raise TargetGone(f"There is no user #{user_id} any more.")
    if account.deleted_at is not None:
        raise TargetGone(await deleted_sentence(connection(), user_id))
    return account
