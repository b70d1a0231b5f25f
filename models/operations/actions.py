"""Every action that the audit knows a plan by."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a plan does; the audit keeps it as text."""

    CREATE = "users.create"
    CREATE_FIRST_SUPERUSER = "users.create_first_superuser"
    EDIT = "users.edit"
    ACTIVATE = "users.activate"
    DEACTIVATE = "users.deactivate"
    RESET_PASSWORD = "users.reset_password"  # noqa: S105 - the name of an action
    REDEEM_LINK = "users.redeem_link"
    CHANGE_OWN_PASSWORD = "users.change_own_password"  # noqa: S105 - the name of an action
    ENROL_FACTOR = "mfa.enrol"
    CONFIRM_FACTOR = "mfa.confirm"
    REMOVE_FACTOR = "mfa.remove"
    RESET_MFA = "users.reset_mfa"
    LOCK = "users.lock"
    UNLOCK = "users.unlock"
    GRANT_ROLE = "roles.grant"
    REVOKE_ROLE = "roles.revoke"
    CHANGE_GRANT = "roles.change_grant"
    CREATE_ROLE = "roles.create"
    EDIT_ROLE = "roles.edit"
    DELETE_ROLE = "roles.delete"
    REVOKE_SESSIONS = "users.revoke_sessions"
    END_SESSION = "users.end_session"
    ADD_NOTE = "users.add_note"
    PIN_NOTE = "users.pin_note"
    UNPIN_NOTE = "users.unpin_note"
    DELETE_NOTE = "users.delete_note"
    DELETE = "users.delete"
    RESTORE = "users.restore"
    HARD_DELETE = "users.hard_delete"
    SAVE_VIEW = "views.save"
    CHANGE_VIEW = "views.change"
    RENAME_VIEW = "views.rename"
    SHARE_VIEW = "views.share"
    UNSHARE_VIEW = "views.unshare"
    DELETE_VIEW = "views.delete"
    ARCHIVE_AUDIT = "audit.archive"
    EXPORT_AUDIT = "audit.export"
    EXPORT = "users.export"
    IMPORT = "users.import"
    RESCUE = "rescue"
    UNDO = "undo"
