"""What a user may do: roles, the permissions of each, and who holds which.

The codenames are an enum in `models.permissions`; a row here says that a role has one. Permissions are never given to a
user directly, so that "why can he?" has one answer.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import created_moment
from models.indexes import index_where_set
from models.user import User


class Role(Model):
    """A named set of permissions."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50, unique=True)
    description = fields.CharField(max_length=255, default="", db_default="")
    is_system = fields.BooleanField(default=False, db_default=False)
    version = fields.IntField(default=1, db_default=1)

    permissions: fields.ReverseRelation[RolePermission]

    class Meta:
        table = "roles"


class RolePermission(Model):
    """One codename that a role has."""

    id = fields.IntField(primary_key=True)
    role: fields.ForeignKeyRelation[Role] = fields.ForeignKeyField(
        "models.Role", related_name="permissions", on_delete=fields.CASCADE
    )
    role_id: int
    codename = fields.CharField(max_length=50)

    class Meta:
        table = "role_permissions"
        unique_together = (("role", "codename"),)


class UserRole(Model):
    """A role that a user holds, who granted it and until when."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    role: fields.ForeignKeyRelation[Role] = fields.ForeignKeyField(
        "models.Role", related_name=False, on_delete=fields.RESTRICT
    )
    role_id: int
    granted_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    granted_by_id: int | None
    granted_by_label = fields.CharField(max_length=100, default="", db_default="")
    granted_at = created_moment()
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "user_roles"
        unique_together = (("user", "role"),)
        indexes = (Index(fields=("role_id", "user_id")), index_where_set("granted_by_id"))
