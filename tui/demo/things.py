"""What hangs on the demo's users beside their accounts: sessions, links, attempts, factors, notes and views.

Tokens are the SHA-256 of nothing that anybody has, so no session and no link can be used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from tui.demo.lives import DAY, Life, World
from tui.demo.people import Person
from tui.demo.rows import Row, Value, address, stamp

COLUMNS: Final = {
    "user_sessions": (
        "user_id", "token_hash", "kind", "created_at", "last_seen_at", "expires_at", "revoked_at", "revoked_by_id",
        "revoked_by_label", "revoke_reason", "ip", "user_agent", "token_version",
    ),
    "one_time_tokens": (
        "user_id", "purpose", "token_hash", "created_by_id", "created_at", "expires_at", "used_at",
        "password_fingerprint",
    ),
    "login_attempts": ("username_tried", "user_id", "ip", "user_agent", "outcome", "created_at"),
    "mfa_factors": ("user_id", "kind", "label", "secret_encrypted", "created_at", "last_used_at"),
    "user_notes": ("user_id", "author_id", "author_label", "body", "pinned", "created_at"),
    "saved_views": ("owner_id", "name", "query", "is_shared"),
}  # fmt: skip

AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "python-httpx/0.28.1",
)

NOTES: Final = (
    "Called about the second factor; verified by the personnel number.",
    "On leave until the end of the month. Do not reset without asking the manager.",
    "Shares a mailbox with the office. Send links to the second address.",
    "Two people of this name in the department: check the e-mail before you change anything.",
)

COUNTED: Final = 30 * DAY
"""Of so many seconds a user's page counts the sign-ins: it says none of nobody who came meanwhile."""

VIEWS: Final = (
    (1, "inactive in support", "is:inactive role:support", 0),
    (1, "came this month", "created:<30d", 1),
    (1, "must change", "is:mustchange is:active", 0),
)
"""The saved views of the demo's superuser: owner, name, query, whether it is shared."""


def things(number: int, who: Person, lived: Life, world: World, granter: str) -> Iterator[tuple[str, Row]]:
    """The rows of this user, each with its table."""
    for row in _sessions(number, lived, world, granter):
        yield "user_sessions", row
    for row in _links(number, lived, world):
        yield "one_time_tokens", row
    for row in _attempts(number, who, lived, world):
        yield "login_attempts", row
    bits = lived.bits
    if bits % 16 == 1 and lived.deleted is None and number:  # the one who is signed in unlocks with the password
        kind, label = (("totp", "Authenticator"), ("webauthn", "Security key"))[bits >> 5 & 1]
        used = stamp(lived.last_login)
        yield "mfa_factors", (number + 1, kind, label, _digest("factor", number, world), stamp(lived.created), used)
    if bits % 100 == 2:
        body = NOTES[(bits >> 8) % len(NOTES)]
        yield "user_notes", (number + 1, 1, granter, body, int(bits >> 20 & 3 == 0), stamp(lived.later))


def _sessions(number: int, lived: Life, world: World, granter: str) -> Iterator[Row]:
    """Of the last two weeks; a few outlive the account they belong to, for the view that looks for them."""
    if lived.last_login is None or lived.deleted is not None:
        return
    login, bits = lived.last_login, lived.bits
    forgotten = not lived.is_active and bits % 8 == 0
    if world.now - login > 14 * DAY and not forgotten:
        return
    for turn in range(1 + (bits >> 22) % 3):
        begun = login - turn * 7200
        end = world.now + DAY if forgotten else begun + 14 * DAY
        revoked = not forgotten and (turn == 2 or not lived.is_active)
        ended: tuple[Value, ...] = (stamp(min(begun + 3600, world.now)), 1, granter, "signed out") if revoked else ()
        yield (
            number + 1,
            _digest(f"session {turn}", number, world).hex(),
            "api" if bits >> turn & 7 == 0 else "web",
            stamp(begun),
            stamp(min(begun + (bits >> 8) % 3600, world.now)),
            stamp(end),
            *(ended or (None, None, None, None)),
            address(bits >> turn),
            AGENTS[(bits >> turn) % len(AGENTS)],
            bits % 5 % 3,
        )


def _links(number: int, lived: Life, world: World) -> Iterator[Row]:
    if lived.deleted is not None or not (lived.last_login is None or not lived.is_verified):
        return
    purpose = "verify" if lived.last_login is not None else "invite"
    used = stamp(lived.created + 600) if lived.bits & 8 else None
    token, fingerprint = (_digest(what, number, world).hex() for what in ("link", "fingerprint"))
    yield number + 1, purpose, token, None, stamp(lived.created), stamp(lived.created + 1800), used, fingerprint


def _attempts(number: int, who: Person, lived: Life, world: World) -> Iterator[Row]:
    """The failures that the counter has, and the last success: each of `COUNTED`, one of eight of the 60 days before.
    The oldest first."""
    agent, ip, last = AGENTS[lived.bits % len(AGENTS)], address(lived.bits), lived.last_failed(world.now)
    found = [(last - 37 * turn, "wrong") for turn in range(lived.failures)] if last is not None else []
    if lived.last_login is not None:
        ago = world.now - lived.last_login
        if ago < COUNTED or (ago < 90 * DAY and lived.bits & 7 == 5):
            found.append((lived.last_login, "ok"))
    for at, outcome in sorted(found):
        yield who.username, number + 1, ip, agent, outcome, stamp(at)


def _digest(what: str, number: int, world: World) -> bytes:
    return hashlib.sha256(f"{what} {number} {world.seed}".encode()).digest()
