"""What colleagues should know about a user."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.audit import LABEL_LENGTH
from models.fields import created_moment
from models.indexes import index_where_set
from models.user import User


class UserNote(Model):
    """One note on a user; a pinned one stands first."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: int
    author: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    author_id: int | None
    author_label = fields.CharField(max_length=LABEL_LENGTH)
    body = fields.TextField()
    pinned = fields.BooleanField(default=False, db_default=False)
    created_at = created_moment()

    class Meta:
        table = "user_notes"
        indexes = (index_where_set("author_id"),)
