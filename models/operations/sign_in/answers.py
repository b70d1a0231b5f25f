"""What a sign-in is answered: who is in, or the one sentence that says as little as it can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from models.operations.effective import Permissions
    from models.operations.mfa.codes import Examined
    from models.operations.plan import Actor, Secret

SESSION_FOR: Final = timedelta(hours=8)

NO_ENTRY: Final = (
    "This username and password do not open Shellback. After several failures an account waits a while: "
    "try again later, or ask a colleague."
)
NO_ENTRY_WITH_CODE: Final = (
    "This username, password and code do not open Shellback. A code works once and for about a minute. After several "
    "failures an account waits a while: try again later, or ask a colleague."
)
CODE_NEEDED: Final = "Type the code of your authenticator."
UNREADABLE_FACTOR: Final = (
    "This account has an authenticator that cannot be read here, so nobody is let in. Ask a colleague to reset it, or "
    "run shellback rescue on the host of the database."
)
EXPIRED_PASSWORD: Final = "This temporary password has expired. Ask a colleague to reset it."  # noqa: S105 - a sentence
NO_SESSION: Final = "You are not signed in any more. Sign in again."


class SignInCode(StrEnum):
    """Why nobody was let in, for programs. A person only ever sees the sentence."""

    NO_ENTRY = "no_entry"
    EXPIRED_PASSWORD = "expired_password"  # noqa: S105 - the name of a refusal
    NO_SESSION = "no_session"
    CODE_NEEDED = "code_needed"
    UNREADABLE_FACTOR = "unreadable_factor"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in. `token` is only there at sign-in; a resumed session does not hand it out again."""

    session_id: int
    actor: Actor
    permissions: Permissions
    expires_at: datetime
    must_change_password: bool
    token: Secret | None = None
    lasts: timedelta = SESSION_FOR
    """How long it goes on, by the clock of the database: that of this machine may be another one."""

    @property
    def username(self) -> str:
        """The name to show."""
        return self.actor.label


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Nobody was let in. The sentence is the same for every account and does not say whether there is one.

    With CODE_NEEDED the password was right: ask for the code and sign in again with all three.
    """

    code: SignInCode
    sentence: str


def no_entry(examined: Examined) -> SignInRefused:
    """One answer for everybody; which of the two depends on what was typed only."""
    return SignInRefused(SignInCode.NO_ENTRY, NO_ENTRY_WITH_CODE if examined.was_given else NO_ENTRY)
