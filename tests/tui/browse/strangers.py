"""Users who are hard to search for, and what is known of them without asking the database.

Their names hold the signs of patterns, letters whose case is odd, and other alphabets; their moments stand right at the
edges of what queries name; much of what may be missing is missing.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from tortoise.transactions import in_transaction

from models import MfaFactor, Role, User, UserAuthState, UserRole, UserSession
from tui.browse.sql import dialect

NOW = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
ZONE = "Europe/Berlin"

TICK = timedelta(microseconds=1)
_MIDNIGHTS = [datetime(2026, 3, day, 23, tzinfo=UTC) for day in (12, 13, 14)]  # in Berlin
_EDGES = [
    NOW,
    NOW - timedelta(days=90),
    NOW + timedelta(days=7),
    NOW - timedelta(hours=12),
    datetime(2025, 12, 31, 23, tzinfo=UTC),  # the year begins in Berlin
    datetime(2026, 1, 31, 23, tzinfo=UTC),
    datetime(2025, 12, 14, 15, 9, 26, 535897, tzinfo=UTC),  # three months before now
    datetime(2026, 1, 1, 13, 30, tzinfo=UTC),
    *_MIDNIGHTS,
]
MOMENTS = [
    *(edge + shift for edge in _EDGES for shift in (-TICK, timedelta(0), TICK)),
    datetime(1971, 5, 5, tzinfo=UTC),
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(9999, 12, 31, 10, tzinfo=UTC),
]

NAMES: list[tuple[str, str | None, str]] = [
    ("alice", "Alice@Example.org", "Alice Müller"),
    ("аlice", None, "АЛИСА алиса"),  # the first letter is Cyrillic
    ("аllice", None, "nobody's look-alike"),
    ("сосо", "coco@x.org", "Сосо"),
    ("coco", "", "Coco"),
    ("bob1", None, ""),
    ("Straße", "STRASSE@x.org", "STRASSE ẞ ß ss"),
    ("İstanbul", "i̇stanbul@x", "İSTANBUL ısparta"),
    ("ﬁona", "ﬁ@x.org", "ﬁona FIONA fiona"),
    ("50%_off", "a%b_c@x", "100% _ * ? [x] ^a$ (b) {c} \\d .|+ -]"),
    ("back\\slash", 'q"uote@x', 'quo"te \\ \\\\ back'),
    ("an'na;--", "an'na@x", "An'na ';-- $1 ?"),
    ("4711", "3@x.org", "4711"),
    ("3", None, "three"),
    ("ann\U0010ffff", "\U0010ffff@x", "\U0010ffff end"),
    ("σίσυφος", "ΣΊΣΥΦΟΣ@x", "ΣΊΣΥΦΟΣ σίσυφος ϐέβαιος"),
    ("\u212aelvin", "\u212b@x", "\u212aelvin kelvin \u212bsa Åsa åsa ſpecial"),
    ("ǆungla", None, "ǅungla Ǆ ǆ"),
    ("zoe\u0301", "zoë@x", "Zoë Zoé ZOË"),
    ("中村", "中村@例え.jp", "中村 太郎"),
    ("🦀crab", None, "🦀 crab"),
    ("a b", "a b@x", " two  spaces\u00a0"),
    ("-dash", "-dash@x", "-dash -is:locked"),
    ("is:locked", "is:locked@x", '*star* "quoted" a:b <tag> >=1'),
    ("newline", "new\nline@x", "first\nsecond\n"),
    ("x" * 50, "y" * 250 + "@x", "z" * 150),
]

ROLES = ("on call", 'a "b" \\', "SUPPORT2", "empty")


@dataclass(slots=True)
class Stranger:
    """What is known of one user."""

    columns: dict[str, object]
    state: dict[str, Any] | None
    roles: dict[str, datetime | None] = field(default_factory=dict)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    mfa: bool = False
    id: int = 0

    def __repr__(self) -> str:
        return f"#{self.id}"

    def moment(self, name: str) -> datetime | None:
        """Return a moment of the account or of its sign-ins."""
        found = (self.state or {}).get(name) if name in _STATE else self.columns[name]
        assert found is None or isinstance(found, datetime)
        return found


_STATE = ("last_login_at", "last_failed_at", "locked_until")
_NULLABLE = ("expires_at", "deleted_at", "deactivated_at", "password_changed_at", "password_expires_at")


def strangers(seed: int = 3) -> list[Stranger]:
    """Return everybody, without ids. Each moment is met in each column that is indexed."""
    chance = random.Random(seed)
    created, logged_in = cycle(MOMENTS), cycle(reversed(MOMENTS))
    extra = [(f"user{number}", None, f"User {number}") for number in range(len(MOMENTS))]
    found = []
    for username, email, full_name in [*NAMES, *extra]:
        columns: dict[str, object] = {
            "username": username,
            "email": email,
            "full_name": full_name,
            "created_at": next(created),
            "updated_at": chance.choice(MOMENTS),
        }
        columns |= {name: chance.choice([None, *MOMENTS]) for name in _NULLABLE}
        for name in ("is_active", "is_superuser", "is_verified", "must_change_password", "has_usable_password"):
            columns[name] = chance.random() < 0.5
        state = {name: chance.choice([None, *MOMENTS]) for name in _STATE} if chance.random() < 0.8 else None
        if state is not None and chance.random() < 0.8:
            state["last_login_at"] = next(logged_in)
        one = Stranger(columns, state, mfa=chance.random() < 0.2)
        for role in ("support", "on call", 'a "b" \\', "SUPPORT2"):
            if chance.random() < 0.2:
                one.roles[role] = chance.choice([None, NOW - TICK, NOW, NOW + TICK])
        for _ in range(chance.choice([0, 0, 1, 2])):
            one.sessions.append({"expires_at": chance.choice(MOMENTS), "revoked_at": chance.choice([None, NOW])})
        found.append(one)
    return found


async def settle(everybody: list[Stranger]) -> None:
    """Write everybody to the open database, which nobody is in yet, and note their ids."""
    async with in_transaction() as connection:
        for name in ROLES:
            await Role.create(name=name)
        roles = {role.name: role for role in await Role.all()}
        number = 0
        for one in everybody:
            user = User(hashed_password="x", **one.columns)
            await user.save()
            one.id = user.id
            if one.state is not None:
                await UserAuthState.create(user=user, **one.state)
            for name, until in one.roles.items():
                await UserRole.create(user=user, role=roles[name], expires_at=until)
            for session in one.sessions:
                number += 1
                await UserSession.create(user=user, token_hash=str(number), kind="web", **session)
            if one.mfa:
                await MfaFactor.create(user=user, kind="totp", secret_encrypted=b"")
        if dialect() == "sqlite":
            # The same moments as the column's own default writes them.
            for table, column in (("users", "created_at"), ("user_auth_state", "last_login_at")):
                await connection.execute_query(
                    f"UPDATE {table} SET {column} = replace({column}, '+00:00', '.000000+00:00')"
                    f" WHERE {column} NOT LIKE '%.%' AND rowid % 2 = 0"
                )
