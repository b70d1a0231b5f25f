"""What happened at the door: the state of each user's sign-ins, and every attempt.

The state is apart from `users` and has no version, so that a sign-in never conflicts with an edit.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import counter, created_moment
from models.user import User

ADDRESS_LENGTH = 45
"""An IPv6 address with an IPv4 tail, the longest text form of an address."""


class UserAuthState(Model):
    """One row a user, made at the first sign-in or failure; none means never."""

    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name=False, primary_key=True, on_delete=fields.CASCADE
    )
    user_id: int
    last_login_at = fields.DatetimeField(null=True)
    last_login_ip = fields.CharField(max_length=ADDRESS_LENGTH, null=True)
    failed_count = counter()
    last_failed_at = fields.DatetimeField(null=True)
    lockout_count = counter()
    locked_until = fields.DatetimeField(null=True, db_index=True)
    lock_cause = fields.CharField(max_length=100, null=True)

    class Meta:
        table = "user_auth_state"
        indexes = (Index(fields=("last_login_at", "user_id")),)


class LoginAttempt(Model):
    """One attempt to sign in, kept for 90 days. Never the body of a request."""

    id = fields.BigIntField(primary_key=True)
    username_tried = fields.CharField(max_length=150)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    user_id: int | None
    ip = fields.CharField(max_length=ADDRESS_LENGTH, null=True)
    user_agent = fields.CharField(max_length=255, null=True)
    outcome = fields.CharField(max_length=20)
    created_at = created_moment()

    class Meta:
        table = "login_attempts"
        indexes = (Index(fields=("user_id", "id")), Index(fields=("created_at", "id")))
