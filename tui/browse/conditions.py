"""What a query selects, as SQL over a user (`u`) and the user's sign-in state (`a`).

A `Condition` has the test itself and, where an index lists the users that pass it, the SELECTs that list them. Whether
the list or the test is used is decided in `access.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.browse.query import Contains, Exact, HasRole, InState, Prefix, Query, QueryError, State, Term
from tui.browse.sql import EPOCH, Sql, joined, rows
from tui.browse.suggest import suggestion
from tui.browse.texts import contains, equal, in_range, key_range, like, word_key


@dataclass(frozen=True, slots=True)
class Context:
    """What compiling needs: the database's moment, the roles by folded name, the dialect and its trigrams."""

    now: datetime
    roles: Mapping[str, int]
    dialect: str
    trigram: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on `u` and `a`, and SELECTs of ids by index whose union holds all that pass; none when no index helps."""

    test: Sql
    listed_by: tuple[Sql, ...] = ()


async def load_roles() -> dict[str, int]:
    """Return the id of each role by its case-folded name."""
    return {str(row["name"]).casefold(): int(row["id"]) for row in await rows(Sql("SELECT id, name FROM roles"))}


def conditions(query: Query, context: Context) -> tuple[Condition, ...]:
    """Return one condition a term. Raises QueryError for a role that does not exist."""
    return tuple(_condition(term, context) for term in query.terms)


def _condition(term: Term, context: Context) -> Condition:
    match term:
        case Prefix(text, user_id):
            bounds = key_range(word_key(text))
            tests = [in_range("u.username_key", *bounds), in_range("u.email_key", *bounds)]
            return _any_of(tests, user_id)
        case Exact(text):
            return _any_of([equal("u.username_key", word_key(text)), equal("u.email_key", word_key(text))], None)
        case Contains(text):
            find = like if context.dialect == "postgres" else contains
            found = _any_of([find("u.username_key", word_key(text)), find("u.email_key", word_key(text))], None)
            return found if context.trigram else Condition(found.test)
        case InState(state, negated):
            return _state(state, negated, context.now)
        case HasRole():
            return _role(term, context)


def _any_of(tests: Sequence[Sql], user_id: int | None) -> Condition:
    tests = [*tests, Sql("u.id = ?", (user_id,))] if user_id is not None else tests
    return Condition(
        "(" + joined(["(" + test + ")" for test in tests], " OR ") + ")",
        tuple("SELECT u.id FROM users u WHERE " + test for test in tests),
    )


def _state(state: State, negated: bool, now: datetime) -> Condition:
    inactive = Sql("SELECT u.id FROM users u WHERE u.is_active = FALSE")
    deleted = Sql("SELECT u.id FROM users u WHERE u.deleted_at >= ?", (EPOCH,))
    locked = Sql("SELECT a.user_id AS id FROM user_auth_state a WHERE a.locked_until > ?", (now,))
    test, listed_by, listed_by_not = {
        State.ACTIVE: (Sql("u.is_active AND u.deleted_at IS NULL"), (), (inactive, deleted)),
        State.INACTIVE: (Sql("NOT u.is_active AND u.deleted_at IS NULL"), (inactive,), ()),
        State.DELETED: (Sql("u.deleted_at IS NOT NULL"), (deleted,), ()),
        State.LOCKED: (Sql("a.locked_until IS NOT NULL AND a.locked_until > ?", (now,)), (locked,), ()),
        State.EXPIRED: (Sql("u.expires_at IS NOT NULL AND u.expires_at <= ?", (now,)), (), ()),
        State.SUPERUSER: (Sql("u.is_superuser"), (), ()),
        State.MUST_CHANGE: (Sql("u.must_change_password"), (), ()),
        State.NEVER_LOGGED_IN: (Sql("a.last_login_at IS NULL"), (), ()),
    }[state]
    return Condition("NOT (" + test + ")", listed_by_not) if negated else Condition("(" + test + ")", listed_by)


def _role(term: HasRole, context: Context) -> Condition:
    role_id = context.roles.get(term.name.casefold())
    if role_id is None:
        hint = suggestion(term.name.casefold(), sorted(context.roles), kind="Roles")
        raise QueryError(term.position, f"there is no role {term.name}{hint}")
    held = Sql("r.role_id = ? AND (r.expires_at IS NULL OR r.expires_at > ?)", (role_id, context.now))
    test = "EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND " + held + ")"
    if term.negated:
        return Condition("NOT " + test)
    return Condition(test, ("SELECT r.user_id AS id FROM user_roles r WHERE " + held,))
