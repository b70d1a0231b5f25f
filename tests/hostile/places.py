"""Where each column with text is shown, or why it never is. A new column without a place here fails a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.hostile.columns import Name

_EVENT: Final = "the page of an event"
_HASH: Final = "the hash of a secret: never read by a screen"
_KEY: Final = "what a name is compared by: never shown"

SHOWN: Final[Mapping[Name, str]] = {
    ("users", "username"): "the list, the page, every dialog",
    ("users", "email"): "the list, the page, every dialog",
    ("users", "full_name"): "the list and the page",
    ("users", "deactivation_reason"): "the state of the page",
    ("roles", "name"): "the list, the Roles tab, the area Roles",
    ("roles", "description"): "the area Roles",
    ("role_permissions", "codename"): "the Roles tab",
    ("user_roles", "granted_by_label"): "the Roles tab",
    ("user_auth_state", "last_login_ip"): "the Account tab",
    ("user_auth_state", "lock_cause"): "the Account tab",
    ("login_attempts", "ip"): "the state of the page",
    ("login_attempts", "outcome"): "the Account tab",
    ("user_sessions", "kind"): "the Sign-in tab",
    ("user_sessions", "revoked_by_label"): "the Sign-in tab",
    ("user_sessions", "ip"): "the Sign-in tab",
    ("user_sessions", "user_agent"): "the Sign-in tab",
    ("mfa_factors", "kind"): "the Sign-in tab",
    ("mfa_factors", "label"): "the Sign-in tab",
    ("user_notes", "author_label"): "the Notes tab",
    ("user_notes", "body"): "the Notes tab",
    ("saved_views", "name"): "the dialog of views",
    **{
        ("audit_events", name): _EVENT
        for name in (
            "actor_label", "actor_kind", "claimed_os_user", "claimed_host", "claimed_ssh_client", "db_user", "action",
            "target_label", "outcome", "reason", "ticket", "changes", "meta", "prev_hash", "hash",
        )
    },
}  # fmt: skip

OWN_WALK: Final[Mapping[Name, str]] = {
    ("shellback_migrations", name): "the history of migrations, of files that there are"
    for name in ("version", "action", "outcome", "actor", "reason", "source", "sql")
}

NOT_SHOWN: Final[Mapping[Name, str]] = {
    ("users", "hashed_password"): _HASH,
    ("users", "username_key"): _KEY,
    ("users", "email_key"): _KEY,
    ("user_sessions", "token_hash"): _HASH,
    ("one_time_tokens", "token_hash"): _HASH,
    ("one_time_tokens", "password_fingerprint"): _HASH,
    ("one_time_tokens", "purpose"): "only counted",
    ("step_ups", "kind"): "only compared with the kinds that there are",
    ("login_attempts", "username_tried"): "only compared",
    ("login_attempts", "user_agent"): "of failures only the address and the outcome are told",
    ("user_sessions", "revoke_reason"): "kept for the application",
    ("saved_views", "query"): "that of the view under the cursor only: see the plain output",
    ("saved_views", "columns"): "names of columns: those that there are not are left out",
    ("saved_views", "order"): "the name of an order: one that there is not is left out",
    ("audit_events", "target_type"): "one of a few words; another one is not of any history",
    ("audit_archives", "file_name"): "told by the check of the chain: see the plain output",
    ("audit_archives", "actor_label"): "told by the check of the chain: see the plain output",
    ("audit_archives", "last_hash"): "told by the check of the chain: see the plain output",
    ("audit_archives", "file_sha256"): "told by the check of the chain: see the plain output",
    ("aerich", "version"): "a row that nobody knows keeps the program out",
    ("aerich", "app"): "a row that nobody knows keeps the program out",
    ("aerich", "content"): "a row that nobody knows keeps the program out",
    ("shellback_migrations", "run"): "joins the rows of a run",
    ("shellback_migrations", "app"): "chooses the rows: those of other apps are not shown",
    ("shellback_migrations", "source_sha256"): "only compared",
}
