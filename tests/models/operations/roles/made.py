"""Roles for the tests: made as a hand would make them, and read back."""

from __future__ import annotations

from tortoise.transactions import in_transaction

from models import Role, RolePermission


async def make_role(name: str, *codenames: str, description: str = "", is_system: bool = False) -> Role:
    """A role with these codenames, whatever they are."""
    async with in_transaction():
        role = await Role.create(name=name, description=description, is_system=is_system)
        for codename in codenames:
            await RolePermission.create(role_id=role.id, codename=codename)
    return role


async def allowed(role_id: int) -> set[str]:
    """What the role allows now."""
    return {str(name) for name in await RolePermission.filter(role_id=role_id).values_list("codename", flat=True)}
