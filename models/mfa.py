"""The second factors of a user. Secrets are stored encrypted; `models.mfa_secrets` holds the key of kind totp."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import created_moment
from models.user import User


class MfaFactor(Model):
    """One authenticator. `kind` is totp or webauthn. A pending one has not shown a right code yet, and asks for none.

    `last_used_step` is the 30 s step of the last code that was taken: no code is taken twice.
    """

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    user_id: int
    kind = fields.CharField(max_length=20)
    label = fields.CharField(max_length=100, default="", db_default="")
    secret_encrypted = fields.BinaryField()
    created_at = created_moment()
    last_used_at = fields.DatetimeField(null=True)
    is_pending = fields.BooleanField(default=False, db_default=False)
    last_used_step = fields.BigIntField(null=True)

    class Meta:
        table = "mfa_factors"

    def __repr__(self) -> str:
        return f"<MfaFactor {self.id}>"
