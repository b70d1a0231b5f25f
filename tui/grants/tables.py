"""The tables that the tiers share, and the columns of each that a grant names."""

from __future__ import annotations

from typing import Final

AUDIT_TABLES: Final = ("audit_events", "audit_archives")
"""They belong to the owner of the audit."""

GUARDED: Final = (
    "users",
    "user_roles",
    "user_auth_state",
    "login_attempts",
    "user_sessions",
    "step_ups",
    "one_time_tokens",
    "mfa_factors",
    "user_notes",
    "saved_views",
)
"""Tables with row security: what a tier may do with a row depends on whose it is."""

TABLES: Final = (*GUARDED, "roles", "role_permissions")
"""They belong to the owner of the application's tables."""

MIGRATIONS: Final = ("aerich", "shellback_migrations")
"""What was applied, and the log of it. The second is made by the first migration that Shellback applies."""

ACCOUNT: Final = (
    "id",
    "username",
    "username_key",
    "email",
    "email_key",
    "full_name",
    "has_usable_password",
    "is_active",
    "is_superuser",
    "is_verified",
    "must_change_password",
    "password_changed_at",
    "password_expires_at",
    "token_version",
    "expires_at",
    "deactivated_at",
    "deactivation_reason",
    "deleted_at",
    "version",
    "created_at",
    "updated_at",
    "created_by_id",
)
"""Every column of `users` but the hash."""

PASSWORD: Final = (
    "hashed_password",
    "has_usable_password",
    "must_change_password",
    "password_changed_at",
    "password_expires_at",
    "token_version",
    "version",
    "updated_at",
)
"""What setting a password writes."""

EDITED: Final = tuple(
    dict.fromkeys(
        (*PASSWORD, *(name for name in ACCOUNT if name not in ("id", "is_superuser", "created_at", "created_by_id")))
    )
)
"""What editing, deleting and restoring write. Superusers are made by superusers."""

FACTOR: Final = ("id", "kind", "label", "created_at", "last_used_at", "user_id", "is_pending", "last_used_step")
"""Every column of `mfa_factors` but the secret."""

TOKEN: Final = ("id", "purpose", "created_at", "expires_at", "used_at", "revoked_at", "created_by_id", "user_id")
"""Every column of `one_time_tokens` but the two that belong to the secret."""

SESSION_END: Final = (
    "revoked_at",
    "revoked_by_id",
    "revoked_by_label",
    "revoke_reason",
    "last_seen_at",
    "token_version",
)
"""What ends a session, says that it is in use, and takes it along when its own password is changed."""

GRANT: Final = ("granted_by_id", "granted_by_label", "granted_at", "expires_at")
"""What renewing a role of a user writes. Never whose it is: a policy judges the row that an UPDATE leaves behind, and a
row that is handed to somebody else is taken from the one before."""

STATE: Final = (
    "last_login_at",
    "last_login_ip",
    "failed_count",
    "last_failed_at",
    "lockout_count",
    "locked_until",
    "lock_cause",
)
"""What attempts and locks write, of the same account."""

VIEW: Final = ("name", "query", "columns", "order", "is_shared", "version", "updated_at")
"""What its owner writes of a saved view."""

CHAIN: Final = ("id", "seq", "hash", "op_id", "at", "action", "outcome", "target_type", "target_id", "target_label")
"""What whoever writes the audit has to read of it: where the chain ends, and whether a row arrived."""

HISTORY: Final = (
    *CHAIN,
    "actor_label",
    "actor_kind",
    "reason",
    "ticket",
    "changes",
    "version_before",
    "version_after",
    "batch_id",
    "undo_of",
)
"""What the history of an account shows. The whole event, with what the client claims and who the server knew, is for
whoever may see the audit."""
