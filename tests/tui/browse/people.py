"""People for the tests of lists."""

import random
from datetime import UTC, datetime, timedelta

from tortoise.transactions import in_transaction

from models import Role, User, UserAuthState, UserRole

NOW = datetime.now(UTC).replace(microsecond=0)


async def people(count: int, seed: int = 7) -> None:
    """Users with many ties and nulls: few distinct moments, names that begin with each other, mails unlike names."""
    chance = random.Random(seed)
    stems = ["a", "an", "anna", "annab", "b", "Ärger", "алиса", "zoë", "中村", "ann\U0010ffff"]
    roles = {role.name: role for role in await Role.all()}
    async with in_transaction():
        await _make(chance, stems, roles, count)


async def _make(chance: random.Random, stems: list[str], roles: dict[str, Role], count: int) -> None:
    users = []
    for number in range(count):
        name = f"{chance.choice(stems)}{number if chance.random() < 0.9 else f'_{number}'}"
        mail = f"{chance.choice(stems)}.{number}@example.org" if chance.random() < 0.6 else None
        state = chance.random()
        user = User(
            username=name,
            email=mail,
            hashed_password="x",
            is_active=chance.random() < 0.8,
            is_superuser=chance.random() < 0.1,
            must_change_password=chance.random() < 0.2,
            expires_at=chance.choice([None, None, NOW - timedelta(days=1), NOW + timedelta(days=9)]),
            deleted_at=NOW if state < 0.1 else None,
            created_at=NOW - timedelta(days=chance.randrange(5)),
        )
        await user.save()
        users.append(user)
    for user in users:
        if chance.random() < 0.7:
            seen = chance.choice([None, *(NOW - timedelta(hours=hours) for hours in range(4))])
            until = chance.choice([None, None, NOW + timedelta(hours=1), NOW - timedelta(hours=1)])
            await UserAuthState.create(user=user, last_login_at=seen, locked_until=until)
        if chance.random() < 0.3:
            await UserRole.create(user=user, role=roles["support"], expires_at=chance.choice([None, NOW]))


async def analyse() -> None:
    """Give the planner its statistics."""
    async with in_transaction() as connection:
        await connection.execute_script("ANALYZE")
