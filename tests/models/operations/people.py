"""People for the tests: rows as a service would have made them, and actors that stand for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from tortoise.transactions import in_transaction

from models import Account, AuditEvent, Role, User, UserRole
from models.operations import Actor, ActorKind
from models.passwords import hash_password, hashing

if TYPE_CHECKING:
    from passlib.context import CryptContext

PASSWORD = "correct horse battery staple"
HASHED = hash_password(PASSWORD)
"""As the program stores it."""


def hashed() -> str:
    """The hash of PASSWORD under the policy of the moment (`tests.quick_hashes`)."""
    return _hashed(hashing.hashing_policy())


@cache
def _hashed(policy: CryptContext) -> str:
    return str(policy.hash(PASSWORD))


async def user(username: str, *roles: str, **fields: Any) -> Account:
    """A user with these roles, whose password is PASSWORD."""
    async with in_transaction():
        row = await User.create(username=username, **{"hashed_password": hashed(), **fields})
        for name in roles:
            role = await Role.get(name=name)
            await UserRole.create(user_id=row.id, role_id=role.id)
    return await Account.get(id=row.id)


async def superuser(username: str = "root", **fields: Any) -> Account:
    return await user(username, is_superuser=True, **fields)


def acting(account: Account) -> Actor:
    return Actor(account.id, account.username, ActorKind.TUI, os_user="tester", host="here")


async def reread(account: Account) -> Account:
    return await Account.get(id=account.id)


async def events(**fields: Any) -> list[AuditEvent]:
    return await AuditEvent.filter(**fields).order_by("seq")


async def set_columns(account: Account, **columns: Any) -> None:
    """Change a row behind Shellback's back, as psql would."""
    async with in_transaction():
        assert await User.filter(id=account.id).update(**columns) == 1


async def remove(account: Account) -> None:
    async with in_transaction():
        await UserRole.filter(user_id=account.id).delete()
        assert await User.filter(id=account.id).delete() == 1
