"""Queries that somebody named, to come back to them."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.user import User


class SavedView(Model):
    """A named query of the users list, with its columns and order."""

    id = fields.IntField(primary_key=True)
    owner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    owner_id: int
    name = fields.CharField(max_length=100)
    query = fields.TextField()
    columns: Any = fields.JSONField(null=True)
    order = fields.CharField(max_length=50, null=True)

    class Meta:
        table = "saved_views"
        unique_together = (("owner", "name"),)
