"""The values between a web service and `service.py`: who is signed in, what its token says, why nobody was let in.

Nothing here reads a database or knows how a token is signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models import Account
    from models.operations.effective import Permissions
    from models.operations.plan import FieldError, Json, Secret

LARGEST_ID: Final = 2**31 - 1
LARGEST_SESSION: Final = 2**63 - 1
LONGEST_JTI: Final = 100

NO_ENTRY: Final = (
    "This username and password do not sign you in. After several failures an account waits a while: "
    "try again later, or ask for help."
)
CODE_NEEDED: Final = "Type the code of your authenticator."
NO_SESSION: Final = "You are not signed in any more. Sign in again."
ONLY_CHANGE: Final = "Choose a new password first."
NOT_CHANGED: Final = "The password was not changed."


class Scope(StrEnum):
    """What a token opens: everything, or only the change of a password that must be changed."""

    FULL = "full"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a scope


class ServiceCode(StrEnum):
    """Why not, for programs. A person only sees the sentence."""

    NO_ENTRY = "no_entry"
    CODE_NEEDED = "code_needed"
    NO_SESSION = "no_session"
    SCOPE = "scope"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a refusal
    PASSWORD_POLICY = "password_policy"  # noqa: S105 - the name of a refusal
    NOT_CHANGED = "not_changed"


@dataclass(frozen=True, slots=True)
class ServiceRefused:
    """Nobody was let in, or nothing was changed. At sign-in the sentence is the same for every account, and does not
    say whether there is one. `errors` says what a chosen password lacks."""

    code: ServiceCode
    sentence: str
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSession:
    """A session that was opened, or goes on under a new token. `jti` is only here: the database has its SHA-256."""

    user_id: int
    username: str
    session_id: int
    token_version: int
    scope: Scope
    expires_at: datetime
    jti: Secret

    def claims(self) -> dict[str, Json]:
        """Return what the service signs: `sub`, `sid`, `tv`, `scope`, `jti` and `exp` (seconds since 1970)."""
        return {
            "sub": str(self.user_id),
            "sid": self.session_id,
            "tv": self.token_version,
            "scope": str(self.scope),
            "jti": self.jti.reveal(),
            "exp": int(self.expires_at.timestamp()),
        }


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Who asks, read from the database for this request: the account without its hash, and what it may do now."""

    account: Account
    permissions: Permissions
    session_id: int
    scope: Scope
    expires_at: datetime

    @property
    def user_id(self) -> int:
        """The account's id."""
        return self.account.id

    def has(self, codename: str) -> bool:
        """Whether this may be done: by a role that counts now, or as superuser."""
        return self.permissions.has(codename)


@dataclass(frozen=True, slots=True)
class Presented:
    """The claims of a token that was presented, of the right shape; whether they are true is asked of the database."""

    user_id: int
    session_id: int
    token_version: int
    scope: Scope
    token_hash: str


def presented(claims: Mapping[str, object]) -> Presented | None:
    """Return the claims of a token whose signature the service has verified; None where they are not ours."""
    subject, session, version, scope, jti = (claims.get(name) for name in ("sub", "sid", "tv", "scope", "jti"))
    # A bool is an int to Python and a claim of nobody's.
    if not (isinstance(subject, str) and subject.isascii() and subject.isdigit() and len(subject) <= 10):
        return None
    if type(session) is not int or type(version) is not int:
        return None
    if not isinstance(scope, str) or scope not in {str(one) for one in Scope}:
        return None
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        return None
    if not (0 < int(subject) <= LARGEST_ID and 0 < session <= LARGEST_SESSION):
        return None
    return Presented(int(subject), session, version, Scope(scope), hash_jti(jti))


def hash_jti(jti: str) -> str:
    """Return what is stored of a token: the SHA-256 of its `jti`, 64 hexadecimal digits. The signature alone, made by
    whoever has the service's secret, opens nothing."""
    return hashlib.sha256(jti.encode(errors="replace")).hexdigest()
