"""Many plain users for the tests of bulks, and what must be true of them afterwards whatever happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from models.operations import verify_chain

if TYPE_CHECKING:
    from uuid import UUID


async def crowd(number: int, prefix: str = "u") -> list[int]:
    """So many active users; their ids."""
    async with in_transaction():
        names = [f"{prefix}{n:06}" for n in range(number)]
        users = [User(username=name, username_key=name, hashed_password="x") for name in names]
        await User.bulk_create(users, batch_size=2000)
    rows = await Account.filter(username__startswith=prefix).order_by("id").values_list("id", flat=True)
    return [int(str(row)) for row in rows]


async def recorded(op_id: UUID) -> int:
    """How many users the audit says that this bulk has written."""
    return await AuditEvent.filter(op_id=op_id, target_type="user", outcome="ok").count()


async def check(ids: list[int]) -> None:
    """The chain holds, and the version of each user counts the changes that the audit has of it."""
    assert (await verify_chain()).is_whole
    changes: dict[int, int] = dict.fromkeys(ids, 0)
    for row in await AuditEvent.filter(target_type="user", outcome="ok").only(
        "id", "target_id", "version_before", "version_after"
    ):
        if row.target_id in changes and row.version_before != row.version_after:
            changes[row.target_id] += 1
    for account in await Account.filter(id__in=ids[:5000]).only("id", "version"):
        assert account.version == 1 + changes[account.id]
