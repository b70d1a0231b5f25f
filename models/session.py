"""Where a user is signed in, and what the password was given for again. Only the SHA-256 of a session's token is kept,
never the token."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import created_moment
from models.indexes import index_where_set
from models.login import ADDRESS_LENGTH
from models.user import User


class UserSession(Model):
    """One signed-in browser, client or terminal. `kind` is web, api or tui."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    token_hash = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=10)
    created_at = created_moment()
    last_seen_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoked_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    revoked_by_id: int | None
    revoked_by_label = fields.CharField(max_length=100, null=True)
    revoke_reason = fields.CharField(max_length=255, null=True)
    ip = fields.CharField(max_length=ADDRESS_LENGTH, null=True)
    user_agent = fields.CharField(max_length=255, null=True)
    token_version = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "user_sessions"
        indexes = (Index(fields=("user_id", "id")), index_where_set("revoked_by_id"))

    def __repr__(self) -> str:
        return f"<UserSession {self.id}>"


class StepUp(Model):
    """The password was given again in this session, for one class of action (`kind`), and counts until `expires_at`."""

    id = fields.BigIntField(primary_key=True)
    session: fields.ForeignKeyRelation[UserSession] = fields.ForeignKeyField(
        "models.UserSession", related_name=False, on_delete=fields.CASCADE
    )
    session_id: int
    kind = fields.CharField(max_length=20)
    at = created_moment()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "step_ups"
        unique_together = (("session", "kind"),)
