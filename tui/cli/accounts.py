"""Which user is meant by what was typed: an id, or a username."""

from __future__ import annotations

import re
from typing import Final

from models import Account
from models.operations.alike import look_alikes_of
from models.operations.transactions import connection
from models.usernames import lookup_key
from tui.cli.exits import Exit
from tui.cli.failure import Failure, not_found

_ID: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_LARGEST_ID: Final = 2**31 - 1


def who_is_meant(text: str) -> int | str:
    """Return an id, or a name. Digits are an id, and never a username; `name:4711` is a username."""
    return int(text) if _ID.fullmatch(text) and int(text) <= _LARGEST_ID else text.removeprefix("name:")


async def find_account(text: str) -> Account:
    """The row of a user, deleted or not.

    Raises `Failure` (failed, "not_found") when there is nobody.
    """
    meant = who_is_meant(text)
    if isinstance(meant, int):
        account = await Account.get_or_none(id=meant, using_db=connection())
    else:
        wanted = lookup_key(meant)
        account = await Account.get_or_none(username_key=wanted, using_db=connection()) if wanted is not None else None
    if account is None:
        raise not_found(text)
    return account


async def find_one_alone(text: str) -> Account:
    """As `find_account`, but a name that looks like somebody else's will not do: then the id is wanted.

    Raises `Failure` (refused) that names both.
    """
    account = await find_account(text)
    if _ID.fullmatch(text):
        return account
    alike = await look_alikes_of(connection(), account)
    if alike:
        other = alike[0]
        raise Failure(
            f"{account.username} #{account.id} looks like {other.username} #{other.id}. Nothing was changed: "
            "name the one that is meant by its id.",
            Exit.REFUSED,
        )
    return account
