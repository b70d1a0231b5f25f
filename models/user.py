"""Who may use the application: the `users` table, seen with and without the password hash.

`User` is the whole row and is loaded only where a password is verified or set. `Account` is the same row without the
hash, and is what lists, details and edits load: a secret that was never read cannot leak through a traceback, a log or
a column grant.

The columns id, username, hashed_password and is_active are the web service's own, with their names, types and meaning.
All the others have a default in the database, so that a writer which knows only those four goes on working:
triggers of the migrations fill the key columns for such a writer.
"""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import KeyField, created_moment
from models.indexes import index_where_set

USERNAME_LENGTH = 50
KEY_LENGTH = 150
"""NFKC and casefold can lengthen a text: one character of 50 becomes at most three here, and longer is refused."""
EMAIL_LENGTH = 254


class AccountColumns(Model):
    """Every column of `users` but the hash."""

    id = fields.IntField(primary_key=True)
    username = fields.CharField(max_length=USERNAME_LENGTH, unique=True)
    username_key: KeyField[str] = KeyField(max_length=KEY_LENGTH, unique=True, default="", db_default="")
    email = fields.CharField(max_length=EMAIL_LENGTH, null=True)
    email_key: KeyField[str | None] = KeyField(max_length=EMAIL_LENGTH, null=True, unique=True)
    full_name = fields.CharField(max_length=150, default="", db_default="")
    has_usable_password = fields.BooleanField(default=True, db_default=True)
    is_active = fields.BooleanField(default=True, db_default=True)
    is_superuser = fields.BooleanField(default=False, db_default=False)
    is_verified = fields.BooleanField(default=False, db_default=False)
    must_change_password = fields.BooleanField(default=False, db_default=False)
    password_changed_at = fields.DatetimeField(null=True)
    password_expires_at = fields.DatetimeField(null=True)
    token_version = fields.IntField(default=0, db_default=0)
    expires_at = fields.DatetimeField(null=True)
    deactivated_at = fields.DatetimeField(null=True)
    deactivation_reason = fields.CharField(max_length=255, null=True)
    deleted_at = fields.DatetimeField(null=True, db_index=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = created_moment()
    updated_at = created_moment()
    created_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    created_by_id: int | None

    class Meta:
        abstract = True


class User(AccountColumns):
    """The whole row, with the hash. Load it only to verify or to set a password."""

    hashed_password = fields.CharField(max_length=128)

    class Meta:
        table = "users"
        indexes = (
            Index(fields=("created_at", "id")),
            Index(fields=("is_active", "id")),
            Index(fields=("is_superuser", "id")),
            index_where_set("created_by_id"),
        )

    async def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves as Tortoise does, with the keys that belong to the names: the web service need not know of them."""
        from models.usernames import email_key, key

        self.username_key = key(self.username)
        self.email_key = email_key(self.email) if self.email else None
        await super().save(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<User {self.id}>"


class Account(AccountColumns):
    """The same row without the hash. Never created or saved: writes go through `models.operations`.

    Tortoise's `generate_schemas` gives up on two models of one table ("cyclic fk references", 1.1.9): the schema comes
    from the migrations.
    """

    class Meta:
        table = "users"
        # Aerich leaves an unmanaged model out of the migrations: the table is User's.
        managed = False

    def __repr__(self) -> str:
        return f"<Account {self.id}>"
