"""What a query selects, as SQL over a user (`u`) and the user's sign-in state (`a`).

A `Condition` has the test itself and, where an index lists the users that pass it, the SELECTs that list them. Whether
the list or the test is used is decided in `lists.access`. A negated term selects exactly the users that the term does
not, those for whom it compares with NULL among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.browse.conditions.condition import Condition as Condition
from tui.browse.conditions.folded import name_condition
from tui.browse.conditions.look_alikes import is_look_alike
from tui.browse.conditions.moments import moment_condition
from tui.browse.conditions.texts import contains, equal, in_range, key_range, like, word_key
from tui.browse.search.fields import State, TextField, Thing
from tui.browse.search.moment_terms import Age, Known, MomentFrom, MomentIs
from tui.browse.search.query import Query
from tui.browse.search.suggest import QueryError, cut, suggestion
from tui.browse.search.terms import (
    MINIMUM_CONTAINS,
    Atom,
    Contains,
    Exact,
    Has,
    HasRole,
    IdIn,
    InState,
    Not,
    Prefix,
    Term,
    TextIs,
)
from tui.browse.search.typed import Match
from tui.browse.sql import EPOCH, Sql, joined, rows

_KEYS = ("u.username_key", "u.email_key")


@dataclass(frozen=True, slots=True)
class Context:
    """What compiling needs: the database's moment, the roles by name and folded name, the dialect, and whether indexes
    have the trigrams of usernames and e-mails, and those of full names."""

    now: datetime
    roles: Mapping[str, int]
    dialect: str
    trigram: bool = False
    names: bool = False


async def load_roles() -> dict[str, int]:
    """Return the id of each role by its case-folded name and by its name: made by hand, two can differ in case only."""
    found = await rows(Sql("SELECT id, name FROM roles ORDER BY id DESC"))
    folded = {str(row["name"]).casefold(): int(row["id"]) for row in found}
    return folded | {str(row["name"]): int(row["id"]) for row in found}


def names_roles(query: Query) -> bool:
    """Whether the roles must be known to compile a query."""
    atoms = [term.term if isinstance(term, Not) else term for term in query.terms]
    return any(isinstance(atom, HasRole) or atom == Has(Thing.ROLE) for atom in atoms)


def conditions(query: Query, context: Context) -> tuple[Condition, ...]:
    """Return one condition a term. Raises QueryError for a role that does not exist."""
    return tuple(_condition(term, context) for term in query.terms)


def _condition(term: Term, context: Context) -> Condition:
    if isinstance(term, Not):
        # NOT would be NULL, and select nobody, where the term compares with NULL.
        return Condition("((" + _atom(term.term, context).test + ") IS NOT TRUE)", _listed_opposite(term.term))
    return _atom(term, context)


def _atom(term: Atom, context: Context) -> Condition:
    match term:
        case Prefix(text, user_id):
            return _any_of([_text(column, Match.PREFIX, text, context) for column in _KEYS], user_id)
        case Exact(text):
            return _any_of([_text(column, Match.EXACT, text, context) for column in _KEYS])
        case Contains(text):
            found = _any_of([_text(column, Match.CONTAINS, text, context) for column in _KEYS])
            return found if context.trigram else Condition(found.test)
        case TextIs(TextField.NAME, match, text):
            found = name_condition(match, text, context.dialect)
            usable = context.names and len(text) >= MINIMUM_CONTAINS
            return Condition(found.test, ("SELECT u.id FROM users u WHERE " + found.test,)) if usable else found
        case TextIs(field, match, text):
            column = "u.username_key" if field is TextField.USERNAME else "u.email_key"
            found = _any_of([_text(column, match, text, context)])
            return found if context.trigram or match is not Match.CONTAINS else Condition(found.test)
        case IdIn(first, last):
            return _any_of([Sql("u.id >= ? AND u.id <= ?", (first, last))])
        case MomentIs() | MomentFrom() | Age() | Known():
            return moment_condition(term, context.now)
        case InState(state):
            return _state(state, context)
        case Has(thing):
            return _has(thing, context)
        case HasRole():
            return _role(term, context)


def _text(column: str, match: Match, text: str, context: Context) -> Sql:
    key = word_key(text)
    match match:
        case Match.PREFIX:
            return in_range(column, *key_range(key))
        case Match.EXACT:
            return equal(column, key)
        case Match.CONTAINS:
            return like(column, key) if context.dialect == "postgres" else contains(column, key)


def _any_of(tests: Sequence[Sql], user_id: int | None = None) -> Condition:
    tests = [*tests, Sql("u.id = ?", (user_id,))] if user_id is not None else tests
    return Condition(
        "(" + joined(["(" + test + ")" for test in tests], " OR ") + ")",
        tuple("SELECT u.id FROM users u WHERE " + test for test in tests),
    )


_INACTIVE = Sql("SELECT u.id FROM users u WHERE u.is_active = FALSE")
_DELETED = Sql("SELECT u.id FROM users u WHERE u.deleted_at >= ?", (EPOCH,))


def _listed_opposite(term: Atom) -> tuple[Sql, ...]:
    """The SELECTs that list the users that a term does not select, where an index has them."""
    match term:
        case InState(State.ACTIVE):
            return (_INACTIVE, _DELETED)
        case Known(field, known=False):
            return moment_condition(Known(field, known=True), EPOCH).listed_by
        case _:
            return ()


def _state(state: State, context: Context) -> Condition:
    now = context.now
    match state:
        case State.ACTIVE:
            return Condition(Sql("(u.is_active AND u.deleted_at IS NULL)"))
        case State.INACTIVE:
            return Condition(Sql("(NOT u.is_active AND u.deleted_at IS NULL)"), (_INACTIVE,))
        case State.DELETED:
            return Condition(Sql("(u.deleted_at IS NOT NULL)"), (_DELETED,))
        case State.LOCKED:
            locked = Sql("SELECT a.user_id AS id FROM user_auth_state a WHERE a.locked_until > ?", (now,))
            return Condition(Sql("(a.locked_until > ?)", (now,)), (locked,))
        case State.EXPIRED:
            return Condition(Sql("(u.expires_at <= ?)", (now,)))
        case State.SUPERUSER:
            # Compared with TRUE, not only named: else SQLite does not see that the index has it.
            return _any_of([Sql("u.is_superuser = TRUE")])
        case State.VERIFIED:
            return Condition(Sql("u.is_verified"))
        case State.MUST_CHANGE:
            return Condition(Sql("u.must_change_password"))
        case State.PASSWORD_EXPIRED:
            return Condition(Sql("(u.password_expires_at <= ?)", (now,)))
        case State.NEVER_LOGGED_IN:
            return Condition(Sql("(a.last_login_at IS NULL)"))
        case State.LOOK_ALIKE:
            return Condition("(" + is_look_alike(context.dialect) + ")")


def _has(thing: Thing, context: Context) -> Condition:
    now = context.now
    match thing:
        case Thing.ROLE:
            valid = Sql("(r.expires_at IS NULL OR r.expires_at > ?)", (now,))
            # Role by role, each from its own index: one list of all of them would name a user several times.
            listed = [
                Sql("SELECT r.user_id AS id FROM user_roles r WHERE r.role_id = ? AND ", (role_id,)) + valid
                for role_id in sorted(set(context.roles.values()))
            ]
            test = "EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND " + valid + ")"
            return Condition(test, tuple(listed) if len(listed) <= MOST_LISTED else ())
        case Thing.SESSION:
            live = Sql("s.revoked_at IS NULL AND s.expires_at > ?", (now,))
            return Condition("EXISTS (SELECT 1 FROM user_sessions s WHERE s.user_id = u.id AND " + live + ")")
        case Thing.EMAIL:
            return Condition(Sql("(u.email <> '')"))
        case Thing.MFA:
            return Condition(Sql("EXISTS (SELECT 1 FROM mfa_factors f WHERE f.user_id = u.id)"))
        case Thing.PASSWORD:
            return Condition(Sql("u.has_usable_password"))


MOST_LISTED = 50
"""Roles up to which "has a role" is listed role by role."""


def _role(term: HasRole, context: Context) -> Condition:
    role_id = context.roles.get(term.name, context.roles.get(term.name.casefold()))
    if role_id is None:
        hint = suggestion(term.name.casefold(), sorted({name.casefold() for name in context.roles}), kind="Roles")
        raise QueryError(term.position, f"there is no role {cut(term.name)}{hint}")
    held = Sql("r.role_id = ? AND (r.expires_at IS NULL OR r.expires_at > ?)", (role_id, context.now))
    test = "EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = u.id AND " + held + ")"
    return Condition(test, ("SELECT r.user_id AS id FROM user_roles r WHERE " + held,))
