"""Two models of one table: each writes its own columns, whichever is used first."""

from tortoise.transactions import in_transaction

from models import Account, User
from tui.database import Database


async def test_reading_accounts_first_does_not_change_what_a_user_writes(database: Database) -> None:
    assert await Account.all() == []
    async with in_transaction():
        created = await User.create(username="alice", hashed_password="$argon2id$kept")
    assert (await User.get(id=created.id)).hashed_password == "$argon2id$kept"
