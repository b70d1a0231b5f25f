"""Queries that somebody named, to come back to them."""

from __future__ import annotations

from typing import Any, Final

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.user import User

BUILT_IN_NAMES: Final = (
    "Locked now",
    "Temporary password expired",
    "Superusers",
    "Roles but inactive",
    "Sessions of inactive users",
    "Never logged in for 90 days",
    "Look-alike usernames",
)
"""Views that are always there and in no table: nobody saves one under such a name."""


class SavedView(Model):
    """A named query of the users list, with its columns and order. A shared one is everybody's to open.

    `columns` is a list of column names and `order` one like `-created`; None leaves either as it is. Views that were
    saved before they could be shared have no dates.
    """

    id = fields.IntField(primary_key=True)
    owner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    owner_id: int
    name = fields.CharField(max_length=100)
    query = fields.TextField()
    columns: Any = fields.JSONField(null=True)
    order = fields.CharField(max_length=50, null=True)
    is_shared = fields.BooleanField(default=False, db_default=False)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "saved_views"
        unique_together = (("owner", "name"),)
        indexes = (Index(fields=("is_shared", "name")),)
