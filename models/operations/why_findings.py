"""What `why` found, in words: top down, each with whether it stops the sign-in and with what mends it. Pure.

Names, addresses and reasons stand in the sentences as they are stored: whoever shows one makes it safe first. How a
moment is written is the caller's: `when` gives the text of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from models.login_rules import FAILURES, Obstacle, pause_after
from models.operations.sign_in.attempts import outcome_words
from models.operations.text import counted, lasting, listed
from models.operations.why import ATTEMPTS
from models.passwords.stored import Fitness
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from models import Account
    from models.operations.plan import Json
    from models.operations.why import Attempt, Why

When: TypeAlias = "Callable[[datetime], str]"

RECENT: Final = timedelta(hours=1)
HASHES: Final = {
    Fitness.EMPTY: "it is empty",
    Fitness.CUT: "it was cut short, or damaged",
    Fitness.ABSURD: "it asks for more memory or time than a password may",
    Fitness.FOREIGN: "it is of a kind that is not known here",
}


class Bearing(StrEnum):
    """What a finding means for the sign-in."""

    STOPS = "stops"
    NOTE = "note"
    FINE = "ok"


class Mend(StrEnum):
    """What would change it. The value is the verb of `shellback users` where there is one."""

    RESTORE = "restore"
    ACTIVATE = "activate"
    EDIT = "edit"
    UNLOCK = "unlock"
    RESET = "reset"
    RESET_MFA = "mfa"
    GRANT = "grant"

    @property
    def needs(self) -> Codename:
        """The permission that it takes."""
        return _NEEDS[self]

    def command(self, user_id: int) -> tuple[str, ...]:
        """Return the words behind `shellback` that do it, as far as they do not depend on a choice."""
        return tuple(word.format(id=user_id) for word in _COMMANDS[self])


_NEEDS: Final = {
    Mend.RESTORE: Codename.USERS_DELETE,
    Mend.ACTIVATE: Codename.USERS_DEACTIVATE,
    Mend.EDIT: Codename.USERS_EDIT,
    Mend.UNLOCK: Codename.USERS_UNLOCK,
    Mend.RESET: Codename.USERS_RESET_PASSWORD,
    Mend.RESET_MFA: Codename.USERS_RESET_MFA,
    Mend.GRANT: Codename.ROLES_GRANT,
}
_COMMANDS: Final = {
    Mend.RESTORE: ("users", "restore", "{id}"),
    Mend.ACTIVATE: ("users", "activate", "{id}"),
    Mend.EDIT: ("users", "edit", "{id}", "--set", "expires_at="),
    Mend.UNLOCK: ("users", "unlock", "{id}"),
    Mend.RESET: ("users", "reset", "{id}"),
    Mend.RESET_MFA: ("users", "mfa", "reset", "{id}"),
    Mend.GRANT: ("roles", "grant", "{id}", "ROLE"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what is true, whether it stops the sign-in, and what mends it where something does."""

    code: str
    bearing: Bearing
    sentence: str
    mend: Mend | None = None

    @property
    def stops(self) -> bool:
        """Whether nobody signs in while this is so."""
        return self.bearing is Bearing.STOPS

    def as_json(self, user_id: int) -> dict[str, Json]:
        """Return the finding as a JSON object, with the command that mends it."""
        return {
            "code": self.code,
            "bearing": str(self.bearing),
            "sentence": self.sentence,
            "mend": " ".join(("shellback", *self.mend.command(user_id))) if self.mend else None,
            "needs": str(self.mend.needs) if self.mend else None,
        }


def verdict(why: Why, when: When) -> str:
    """Return the answer in one sentence: `alice cannot sign in: locked until 14:30.`"""
    account = why.account
    if account is None:
        nobody = f"There is no user #{why.asked}." if isinstance(why.asked, int) else f"Nobody is called {why.asked}."
        near = f" Nearest: {listed([named.username for named in why.near])}." if why.near else ""
        return nobody + near
    name = account.username
    stopping = [finding for finding in findings(why, when) if finding.stops]
    if stopping:
        first = stopping[0].sentence.partition(". ")[0].rstrip(".")
        more = f", and {counted(len(stopping) - 1, 'more reason')}" if len(stopping) > 1 else ""
        return f"{name} cannot sign in: {first[0].lower()}{first[1:]}{more}."
    if why.by_email:
        return f"Nothing stops {name}, but the sign-in takes the username {name} and no e-mail address."
    wrong = _wrong_lately(why)
    lately = f"; {wrong}" if wrong else ""
    if Obstacle.MUST_CHANGE in why.obstacles:
        return f"Nothing stops {name}, who has to choose a new password at the sign-in{lately}."
    cause = "the password, the authenticator or the client" if why.factors else "the password or the client"
    return f"Nothing stops {name}: {cause} is the cause{lately}."


def findings(why: Why, when: When) -> tuple[Finding, ...]:
    """Return all lines, top down; none for a name that nobody has."""
    if why.account is None:
        return ()
    return (
        *_name(why, why.account),
        *_account(why, why.account, when),
        *_password(why, why.account, when),
        *_around(why, when),
    )


def _name(why: Why, account: Account) -> Iterator[Finding]:
    yield Finding("exists", Bearing.FINE, f"The account exists: {account.username} #{account.id}.")
    if why.by_email:
        yield Finding(
            "by_email",
            Bearing.NOTE,
            f"It was found by its e-mail address. The sign-in takes the username, {account.username}.",
        )
    elif isinstance(why.asked, str) and why.asked.strip() != account.username:
        yield Finding("spelling", Bearing.FINE, f"It is written {account.username}; capitals make no difference.")
    if why.twins:
        names = listed([f"{twin.username} #{twin.id}" for twin in why.twins])
        yield Finding("twin", Bearing.NOTE, f"Another name looks the same and may be the one that is typed: {names}.")


def _account(why: Why, account: Account, when: When) -> Iterator[Finding]:
    found = why.obstacles
    if Obstacle.DELETED in found and account.deleted_at is not None:
        words = f"Deleted {when(account.deleted_at)}{_by(why, 'users.delete')}."
        yield Finding(Obstacle.DELETED, Bearing.STOPS, words, Mend.RESTORE)
    if Obstacle.INACTIVE in found:
        since = f" since {when(account.deactivated_at)}" if account.deactivated_at else ""
        reason = f": {account.deactivation_reason}" if account.deactivation_reason else ""
        words = f"Inactive{since}{_by(why, 'users.deactivate')}{reason}."
        mend = None if Obstacle.DELETED in found else Mend.ACTIVATE  # a deleted one is restored first
        yield Finding(Obstacle.INACTIVE, Bearing.STOPS, words, mend)
    if not {Obstacle.DELETED, Obstacle.INACTIVE} & set(found):
        yield Finding("active", Bearing.FINE, "It is active, and not deleted.")
    if account.expires_at is not None:
        if Obstacle.EXPIRED in found:
            yield Finding(Obstacle.EXPIRED, Bearing.STOPS, f"The account ended {when(account.expires_at)}.", Mend.EDIT)
        else:
            yield Finding("ends", Bearing.NOTE, f"The account ends {when(account.expires_at)}.")
    yield from _locked(why, when)


def _locked(why: Why, when: When) -> Iterator[Finding]:
    state = why.state
    if state is None or not {Obstacle.LOCKED, Obstacle.PAUSED} & set(why.obstacles):
        yield Finding("open", Bearing.FINE, "It is neither locked nor made to wait.")
        return
    failed = counted(state.failed_count, "failed sign-in")
    if state.locked_until is not None:
        last = why.last("users.lock")
        if state.lock_cause == FAILURES:
            cause = f" after {failed}{_last_from(why)}"
        elif last is not None:
            cause = f" by {last.by}{f': {last.reason}' if last.reason else ''}"
        else:
            cause = f" ({state.lock_cause})" if state.lock_cause else ""
        yield Finding(
            Obstacle.LOCKED, Bearing.STOPS, f"Locked {lasting(state.locked_until, when)}{cause}.", Mend.UNLOCK
        )
    elif state.last_failed_at is not None:
        seconds = counted(round(pause_after(state.failed_count).total_seconds()), "second")
        words = f"Made to wait {seconds} after {failed}, the last {when(state.last_failed_at)}{_last_from(why, '')}."
        yield Finding(Obstacle.PAUSED, Bearing.STOPS, words, Mend.UNLOCK)


def _password(why: Why, account: Account, when: When) -> Iterator[Finding]:
    found = why.obstacles
    if Obstacle.NO_PASSWORD in found:
        words = "Sign-in with a password is disabled for this account."
        yield Finding(Obstacle.NO_PASSWORD, Bearing.STOPS, words, Mend.RESET)
    if why.hash is None:
        words = "Whether the stored hash can be used is not known: this connection may not read it."
        yield Finding("hash_unread", Bearing.NOTE, words)
    elif why.hash is not Fitness.FIT:
        words = f"The stored hash cannot be used: {HASHES[why.hash]}. No password matches it."
        yield Finding("hash", Bearing.STOPS, words, Mend.RESET)
    if account.password_expires_at is not None:
        at = when(account.password_expires_at)
        if Obstacle.PASSWORD_EXPIRED in found:
            yield Finding(Obstacle.PASSWORD_EXPIRED, Bearing.STOPS, f"The temporary password expired {at}.", Mend.RESET)
        else:
            yield Finding("temporary", Bearing.NOTE, f"The password is temporary and expires {at}.")
    if Obstacle.MUST_CHANGE in found:
        words = "The sign-in asks for a new password first; until then nothing else is open."
        yield Finding(Obstacle.MUST_CHANGE, Bearing.NOTE, words)
    if why.can_sign_in and why.hash is Fitness.FIT:
        yield Finding("password", Bearing.FINE, "There is a password, and it can be used.")
    changed, last = account.password_changed_at, next(iter(why.successes), None)
    if changed is not None and (last is None or last.at < changed):
        reset = why.last("users.reset_password", "users.change_own_password")
        by = f" by {reset.by}" if reset is not None else ""
        words = f"The password was changed {when(changed)}{by}: the one before does not work any more."
        yield Finding("changed", Bearing.NOTE, words)


def _around(why: Why, when: When) -> Iterator[Finding]:
    account = why.account
    assert account is not None
    if account.email and not account.is_verified:
        yield Finding("unverified", Bearing.NOTE, "The e-mail address is not verified.")
    if why.factors:
        kinds = listed(sorted(set(why.factors)))
        words = f"An authenticator is asked for besides the password ({kinds})."
        yield Finding("factor", Bearing.NOTE, words, Mend.RESET_MFA)
    failures = why.failures
    if failures:
        first = failures[0]
        place = f" from {first.address}" if first.address else ""
        mend = Mend.RESET if why.can_sign_in and _is_wrong(first) else None
        words = f"The last failure was {when(first.at)}{place}: {outcome_words(first.outcome)}."
        yield Finding("failures", Bearing.NOTE, words, mend)
    state = why.state
    if why.successes:
        last = why.successes[0]
        yield Finding("signed_in", Bearing.FINE, f"The last sign-in was {when(last.at)}{_from(last)}.")
    elif state is not None and state.last_login_at is not None:
        yield Finding("signed_in", Bearing.FINE, f"The last sign-in was {when(state.last_login_at)}.")
    else:
        yield Finding("never", Bearing.NOTE, "Nobody has ever signed in to this account.")
    if why.ended:
        one = why.ended[0]
        by = f" by {one.by}" if one.by else ""
        reason = f": {one.reason}" if one.reason else ""
        words = f"{counted(len(why.ended), 'session')} ended in the last days, the last {when(one.at)}{by}{reason}."
        yield Finding("ended", Bearing.NOTE, words)
    permissions = why.permissions
    if permissions is not None and not permissions.is_staff:
        words = "No role is held: Shellback is closed to this user, the application is not."
        yield Finding("no_role", Bearing.NOTE, words, Mend.GRANT)
    elif permissions is not None and not permissions.is_superuser and not permissions.codenames:
        words = "The roles grant nothing: Shellback has nothing to show to this user, the application is not concerned."
        yield Finding("empty_roles", Bearing.NOTE, words, Mend.GRANT)


def _by(why: Why, action: str) -> str:
    done = why.last(action)
    return f" by {done.by}" if done is not None else ""


def _from(attempt: Attempt) -> str:
    return f" from {attempt.address}" if attempt.address else ""


def _last_from(why: Why, before: str = ", the last") -> str:
    last = next(iter(why.failures), None)
    return f"{before}{_from(last)}" if last is not None and last.address else ""


def _is_wrong(attempt: Attempt) -> bool:
    return attempt.outcome.startswith("wrong")


def _wrong_lately(why: Why) -> str:
    """`3 wrong passwords in the last hour from 10.0.0.4`; empty where there was none."""
    wrong = [attempt for attempt in why.attempts if _is_wrong(attempt) and attempt.at > why.now - RECENT]
    if not wrong:
        return ""
    addresses = list(dict.fromkeys(attempt.address for attempt in wrong if attempt.address))
    place = f" from {listed(addresses[:2])}" if addresses else ""
    others = f" and {counted(len(addresses) - 2, 'other')}" if len(addresses) > 2 else ""
    more = "or more " if len(wrong) == ATTEMPTS else ""
    return f"{len(wrong)} {more}wrong password{'' if len(wrong) == 1 else 's'} in the last hour{place}{others}"
