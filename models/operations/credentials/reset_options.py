"""What a reset does besides setting the password, and which choices cannot be taken. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from models.operations.credentials.new_password import PasswordMethod
from models.operations.plan import FieldError

EXPIRES_IN: Final = timedelta(hours=24)
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(days=90)
MADE_HERE: Final = frozenset({PasswordMethod.GENERATE, PasswordMethod.WORDS})
"""The methods that make a password: only theirs must be changed and expires."""


@dataclass(frozen=True, slots=True)
class ResetOptions:
    """What a reset does along the way. Unused one-time links are always voided; nobody is ever activated by it.

    `must_change` and `expires_in` (how long it works, None for no end) are of a generated password; a link and a
    disabled password have neither. `unlock` None means: if it is locked and the actor may. `link_template` is the URL
    of a one-time link with `{token}` in it; without one the bare token is given out.
    """

    method: PasswordMethod = PasswordMethod.GENERATE
    must_change: bool = True
    expires_in: timedelta | None = EXPIRES_IN
    revoke_sessions: bool = True
    unlock: bool | None = None
    reset_mfa: bool = False
    link_template: str = ""

    @property
    def makes_password(self) -> bool:
        """Whether a password is generated."""
        return self.method in MADE_HERE


def option_errors(options: ResetOptions) -> tuple[FieldError, ...]:
    """Return what cannot be taken, beside its field."""
    if options.expires_in is None or not options.makes_password or SHORTEST <= options.expires_in <= LONGEST:
        return ()
    return (FieldError("expires_in", f"A temporary password works from 5 minutes to {LONGEST.days} days."),)
