"""The Tortoise app "models": the tables that the web service and Shellback share.

One concept a file. Nothing here knows of terminals. Import a model from this package; Tortoise finds the app by its
name, `models`.
"""

from models.audit import AuditArchive, AuditEvent
from models.login import LoginAttempt, UserAuthState
from models.mfa import MfaFactor
from models.note import UserNote
from models.role import Role, RolePermission, UserRole
from models.session import StepUp, UserSession
from models.token import OneTimeToken
from models.user import Account, User
from models.view import SavedView

__all__ = [
    "Account",
    "AuditArchive",
    "AuditEvent",
    "LoginAttempt",
    "MfaFactor",
    "OneTimeToken",
    "Role",
    "RolePermission",
    "SavedView",
    "StepUp",
    "User",
    "UserAuthState",
    "UserNote",
    "UserRole",
    "UserSession",
]
