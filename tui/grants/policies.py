"""Row security: whose rows a tier sees and writes.

The measure is rank, as in `models.permissions.outranks`: a tier writes to accounts that hold nothing which the tier
does not hold, and never to superusers. `enters` are the accounts of staff among those: the ones that work under this
tier, whose own password, sessions and authenticators go through it.

USING says which rows a statement finds, also to lock them; WITH CHECK refuses what it would leave behind, aloud. So a
policy of UPDATE finds every row that may be locked and is narrow in WITH CHECK: "UPDATE 0" would look like an answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from models.operations.credentials.links import LINK_FOR, RESET
from models.operations.sign_in.answers import SESSION_FOR
from models.operations.sign_in.step_up import PROVEN_FOR
from tui.grants.choice import Tier
from tui.grants.functions import ENTERS, ROLE_WITHIN, SESSION_ENTERS, WITHIN
from tui.grants.quoting import ident, texts
from tui.grants.tables import GUARDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice

ALL: Final = "true"
NAMED: Final = "shellback_"
"""What the names of the policies begin with. The roles are in none: a longer name than 63 bytes would be cut."""
APPLICATIONS: Final = f"{NAMED}application_"
"""The same for the roles of the application."""


def _ends_within(span: timedelta) -> str:
    """What ends by itself ends as soon as Shellback would let it, whoever writes it."""
    minutes = int(span.total_seconds()) // 60
    return f"expires_at <= (clock_timestamp() + '{minutes // 60:02}:{minutes % 60:02}:00'::interval)"


_OPENS: Final = _ends_within(SESSION_FOR)
_PROVES: Final = _ends_within(PROVEN_FOR)
_LINKS: Final = f"{_ends_within(LINK_FOR)} AND purpose = '{RESET}'"


_SHORT: Final = "(columns IS NULL OR length(columns::text) <= 1000)"
"""A list of columns in a view. A number of thousands of digits would end whoever reads the shared ones."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy of one table for one role. `using` and `check` are expressions, empty where PostgreSQL takes none."""

    table: str
    name: str
    verb: str
    role: str
    using: str = ""
    check: str = ""

    def sql(self, schema: str) -> str:
        """The statements that make it anew."""
        place = f"{ident(schema)}.{ident(self.table)}"
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f"DROP POLICY IF EXISTS {ident(self.name)} ON {place};\n"
            f"CREATE POLICY {ident(self.name)} ON {place} FOR {self.verb} TO {ident(self.role)}{using}{check};"
        )


def policies(choice: Choice) -> Iterator[Policy]:
    """Every policy of the choice."""
    for tier in choice.tiers:
        role = choice.role(tier)
        for table, verb, using, check in _rules(choice, tier):
            yield Policy(table, f"{NAMED}{tier.value}_{verb.lower()}", verb, role, using, check)
    for app in choice.apps:
        # Not its place among the applications: another run may name others, and must not take this one's.
        name = f"{APPLICATIONS}{hashlib.sha256(app.encode()).hexdigest()[:12]}"
        for table in GUARDED:
            yield Policy(table, name, "ALL", app, ALL, ALL)


Rule = tuple[str, str, str, str]
"""Table, verb, USING, WITH CHECK."""


def _rules(choice: Choice, tier: Tier) -> Iterator[Rule]:
    if tier is Tier.SUPERUSER:
        for table in GUARDED:
            yield from _open(table)
        return
    rank = _Rank(choice.schema, texts(tier.allowed))
    sees_users = tier is not Tier.DBA
    manages = tier in {Tier.SUPPORT, Tier.OPERATOR}
    wide = rank.within if manages else rank.enters
    seen = ALL if sees_users else ""
    yield "users", "SELECT", seen or rank.enters("id"), ""
    yield "users", "UPDATE", ALL, f"NOT is_superuser AND {wide('id')}"
    if tier is Tier.OPERATOR:
        yield "users", "INSERT", "", "NOT is_superuser"
        yield "users", "DELETE", f"NOT is_superuser AND {rank.within('id')}", ""
        granted = f"{rank.within('user_id')} AND {rank.role_within('role_id')}"
        yield "user_roles", "INSERT", "", granted
        yield "user_roles", "UPDATE", ALL, granted
        yield "user_roles", "DELETE", granted, ""
    yield "user_roles", "SELECT", seen or rank.enters("user_id"), ""
    yield "user_auth_state", "SELECT", seen or rank.enters("user_id"), ""
    yield "user_auth_state", "INSERT", "", wide("user_id")
    yield "user_auth_state", "UPDATE", ALL, wide("user_id")
    known = f"(user_id IS NULL OR {rank.enters('user_id')})"
    yield "login_attempts", "SELECT", seen or known, ""
    yield "login_attempts", "INSERT", "", f"(user_id IS NULL OR {wide('user_id')})"
    yield "user_sessions", "SELECT", seen or rank.enters("user_id"), ""
    yield "user_sessions", "INSERT", "", f"kind = 'tui' AND {_OPENS} AND {rank.enters('user_id')}"
    # What has ended is not found, so that nobody opens it again.
    yield "user_sessions", "UPDATE", "revoked_at IS NULL", wide("user_id")
    mine = rank.session_enters("session_id")
    yield "step_ups", "SELECT", mine, ""
    yield "step_ups", "INSERT", "", f"{_PROVES} AND {mine}"
    yield "step_ups", "UPDATE", mine, f"{_PROVES} AND {mine}"
    yield "step_ups", "DELETE", f"{mine} OR {rank.session_within('session_id')}" if manages else mine, ""
    yield "one_time_tokens", "SELECT", seen or rank.enters("user_id"), ""
    yield "one_time_tokens", "UPDATE", "revoked_at IS NULL AND used_at IS NULL", wide("user_id")
    if manages:
        yield (
            "one_time_tokens",
            "INSERT",
            "",
            f"{_LINKS} AND {rank.within('user_id')} AND {rank.enters('created_by_id')}",
        )
    own = rank.enters("user_id")
    yield "mfa_factors", "SELECT", seen or own, ""
    yield "mfa_factors", "INSERT", "", own
    yield "mfa_factors", "UPDATE", ALL, own
    yield "mfa_factors", "DELETE", rank.within("user_id") if tier is Tier.OPERATOR else own, ""
    if sees_users:
        yield from _written_by(rank, tier)


def _written_by(rank: _Rank, tier: Tier) -> Iterator[Rule]:
    """Notes and saved views: of accounts of this tier; an operator also mends notes of others."""
    yield "user_notes", "SELECT", ALL, ""
    if tier in {Tier.SUPPORT, Tier.OPERATOR}:
        author = rank.enters("author_id")
        yield "user_notes", "INSERT", "", author
        # What is updated is the pin alone, as the columns say.
        yield "user_notes", "UPDATE", ALL, ALL
        yield "user_notes", "DELETE", ALL if tier is Tier.OPERATOR else author, ""
    owner = rank.enters("owner_id")
    yield "saved_views", "SELECT", f"is_shared OR {owner}", ""
    yield "saved_views", "INSERT", "", f"{owner} AND {_SHORT}"
    yield "saved_views", "UPDATE", f"is_shared OR {owner}", f"{owner} AND {_SHORT}"
    yield "saved_views", "DELETE", owner, ""


def _open(table: str) -> Iterator[Rule]:
    limits = {"user_sessions": _OPENS, "step_ups": _PROVES, "one_time_tokens": _LINKS, "saved_views": _SHORT}
    limit = limits.get(table, ALL)
    yield table, "SELECT", ALL, ""
    yield table, "INSERT", "", limit
    # Of a session and of a link no tier writes when it ends.
    yield table, "UPDATE", ALL, limit if table in {"step_ups", "saved_views"} else ALL
    yield table, "DELETE", ALL, ""


@dataclass(frozen=True, slots=True)
class _Rank:
    """The questions about rank as expressions, for one tier. Each row asks, so that they are functions with a plan."""

    schema: str
    allowed: str

    def within(self, column: str) -> str:
        return f"{ident(self.schema)}.{WITHIN}({column}, {self.allowed})"

    def enters(self, column: str) -> str:
        return f"{ident(self.schema)}.{ENTERS}({column}, {self.allowed})"

    def role_within(self, column: str) -> str:
        return f"{ident(self.schema)}.{ROLE_WITHIN}({column}, {self.allowed})"

    def session_enters(self, column: str) -> str:
        return f"{ident(self.schema)}.{SESSION_ENTERS}({column}, {self.allowed}, true)"

    def session_within(self, column: str) -> str:
        return f"{ident(self.schema)}.{SESSION_ENTERS}({column}, {self.allowed}, false)"
