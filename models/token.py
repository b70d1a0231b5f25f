"""Secrets that work once: reset, verify and invite links. Only the SHA-256 of a token is kept, never the token."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import created_moment
from models.indexes import index_where_set
from models.user import User


class OneTimeToken(Model):
    """One link. `purpose` is reset, verify or invite; a newer one voids the older ones.

    `password_fingerprint` is the SHA-256 of the hash at issue, so that any change of the password voids the token.
    """

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    purpose = fields.CharField(max_length=10)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    created_by_id: int | None
    created_at = created_moment()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    password_fingerprint = fields.CharField(max_length=64)

    class Meta:
        table = "one_time_tokens"
        indexes = (Index(fields=("user_id", "id")), index_where_set("created_by_id"))

    def __repr__(self) -> str:
        return f"<OneTimeToken {self.id}>"
