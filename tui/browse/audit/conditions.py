"""What a query of the audit selects, as SQL, and by which index it is read.

Each term is a test. Some are also `lists`: conditions that an index serves in the order of ids, whose union holds all
events that pass. The page walks the best of them, or the moments in a range, or the whole trail, and tests the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.clock import database_now
from models.usernames import lookup_key
from tui.browse.audit.query import At, AuditAtom, AuditField, AuditNot, AuditQuery, AuditTerm, Is, Named, SeqIn
from tui.browse.conditions.moments import moment_range
from tui.browse.lists.pace import Pace
from tui.browse.search.moment_terms import Known
from tui.browse.search.suggest import QueryError, cut, suggestion
from tui.browse.search.typed import id_of
from tui.browse.sql import NOTHING, Sql, all_of, connection, joined, rows, rows_by_index

MOST_LISTED: Final = 12
"""Lists of one term up to which all of them are walked at once."""

MOST_IN_RANGE: Final = 100_000
"""Events of a range of moments up to which the ids at its two ends are looked for."""

LEAST_PACE: Final = 2_000

_ACTIONS: Final = Sql(
    "WITH RECURSIVE t (action) AS (SELECT min(action) FROM audit_events UNION ALL"
    " SELECT (SELECT min(e.action) FROM audit_events e WHERE e.action > t.action) FROM t WHERE t.action IS NOT NULL)"
    " SELECT action FROM t WHERE action IS NOT NULL"
)
"""Every action of the trail, from the first entry of each in the index."""


@dataclass(frozen=True, slots=True)
class AuditAccess:
    """How a query is read. `lists` are walked in the order of ids; without them the range of moments from `since` to
    before `until` is, in the order of moments, where `by_moment`; else all ids. `within` bounds the ids exactly."""

    test: Sql = NOTHING
    lists: tuple[Sql, ...] = ()
    within: Sql = NOTHING
    by_moment: bool = False
    moments: Sql = NOTHING
    pace: Pace = field(default_factory=lambda: Pace(LEAST_PACE))

    @property
    def scans(self) -> bool:
        """Whether rows are read that are not of the list."""
        return bool(self.test)

    @property
    def everything(self) -> Sql:
        """The whole condition, for one event."""
        return all_of([self.test, _any(self.lists), self.within, self.moments])


@dataclass(frozen=True, slots=True)
class _Known:
    """What compiling needs of the database: users and roles by the folded names that the query has, and actions."""

    now: datetime
    users: Mapping[str, int]
    roles: Mapping[str, int]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Condition:
    test: Sql
    lists: tuple[Sql, ...] = ()
    rank: int = 9
    """How few events a list is expected to have: the least is walked."""


async def load_actions() -> tuple[str, ...]:
    """Return every action that the trail has, sorted: a few steps in an index."""
    return tuple(sorted(str(row["action"]) for row in (await rows_by_index(_ACTIONS))[0]))


async def open_query(query: AuditQuery) -> AuditAccess:
    """Return how a query is read. Raises QueryError for an action that the trail does not have."""
    if not query:
        return AuditAccess()
    known = await _load(query)
    found = [_of_term(term, known) for term in query.terms]
    listed = min((one for one in found if one.lists), key=lambda one: one.rank, default=None)
    tests = [one.test for one in found if one is not listed]
    low, high = _moments(query, known.now)
    between = _between("at", low, high)
    within = await _ids_within(between) if between else NOTHING
    within = all_of([within, await _ids_of_seqs(query)])
    if listed is not None:
        return AuditAccess(all_of([*tests, between]), listed.lists, within)
    if between and not within:
        return AuditAccess(all_of(tests), by_moment=True, moments=between)
    return AuditAccess(all_of([*tests, between]), within=within)


# Terms --------------------------------------------------------------------------------------------------------------


def _of_term(term: AuditTerm, known: _Known) -> _Condition:
    if isinstance(term, AuditNot):
        test = _at_test(term.term, known.now) if isinstance(term.term, At) else _of_atom(term.term, known).test
        # NOT would be NULL, and select nothing, where the term compares with NULL.
        return _Condition("((" + test + ") IS NOT TRUE)")
    return _of_atom(term, known)


def _of_atom(term: AuditAtom, known: _Known) -> _Condition:
    match term:
        case At():
            return _Condition(NOTHING)  # all of them together are one range
        case SeqIn(first, last):
            test = Sql("(seq >= ? AND seq <= ?)", (first, last))
            return _Condition(test, (Sql("seq = ?", (first,)),) if first == last else (), 0)
        case Named(text):
            return _either(_person("actor", text, known), _target(text, known))
        case Is(AuditField.ACTOR, text):
            return _person("actor", text, known)
        case Is(AuditField.TARGET, text):
            return _target(text, known)
        case Is(AuditField.ACTION, text, position):
            return _action(text, position, known)
        case Is(AuditField.BATCH, text):
            return _listed(Sql("batch_id = ?", (text,)), 1)
        case Is(AuditField.OPERATION, text):
            return _listed(Sql("op_id = ?", (text,)), 0)
        case Is(AuditField.TICKET, text):
            return _Condition(Sql("(ticket = ? OR lower(ticket) = ?)", (text, text.lower())))
        case Is(name, text):
            return _Condition(Sql(f"{_PLAIN[name]} = ?", (text.casefold(),)))


_PLAIN: Final = {AuditField.OUTCOME: "outcome", AuditField.VIA: "actor_kind", AuditField.KIND: "target_type"}
"""The columns of fields whose values are a few words, which no index has."""


def _person(column: str, text: str, known: _Known) -> _Condition:
    """Done by an account: by its id, which outlives its name; by the label that was kept where none has the name."""
    user_id = _user_id(text, known)
    if user_id is not None:
        return _listed(Sql(f"{column}_id = ?", (user_id,)), 3)
    return _Condition(_label(column, text))


def _target(text: str, known: _Known) -> _Condition:
    lists = []
    user_id = _user_id(text, known)
    if user_id is not None:
        lists.append(Sql("(target_type = ? AND target_id = ?)", ("user", user_id)))
    role_id = known.roles.get(text.casefold())
    if role_id is not None:
        lists.append(Sql("(target_type = ? AND target_id = ?)", ("role", role_id)))
    return (
        _Condition("(" + joined(lists, " OR ") + ")", tuple(lists), 2) if lists else _Condition(_label("target", text))
    )


def _label(column: str, text: str) -> Sql:
    return Sql(f"({column}_label = ? OR lower({column}_label) = ?)", (text, text.lower()))


def _user_id(text: str, known: _Known) -> int | None:
    number = id_of(text.removeprefix("#"))
    key = lookup_key(text)
    by_name = known.users.get(key) if key is not None else None
    return by_name if by_name is not None else number


def _action(text: str, position: int, known: _Known) -> _Condition:
    """An action by its name or how that begins, with the noun or without: `reset` is `users.reset_mfa` too."""
    typed = text.strip().casefold().replace(" ", "_")
    found = [name for name in known.actions if name.startswith(typed) or name.partition(".")[2].startswith(typed)]
    if typed in known.actions:
        found = [typed]
    if not found:
        hint = suggestion(typed, known.actions, kind="Actions") if known.actions else ""
        raise QueryError(position, f"the trail has no action {cut(text)}{hint}")
    lists = tuple(Sql("action = ?", (name,)) for name in found)
    test = "action IN (" + joined([Sql("?", (name,)) for name in found], ", ") + ")"
    return _Condition(test, lists if len(lists) <= MOST_LISTED else (), 4)


def _either(one: _Condition, other: _Condition) -> _Condition:
    lists = (*one.lists, *other.lists) if one.lists and other.lists else ()
    return _Condition("(" + one.test + " OR " + other.test + ")", lists, 3)


def _listed(condition: Sql, rank: int) -> _Condition:
    return _Condition(condition, (condition,), rank)


def _any(lists: tuple[Sql, ...]) -> Sql:
    return "(" + joined(lists, " OR ") + ")" if lists else NOTHING


# Moments and numbers ------------------------------------------------------------------------------------------------


def _moments(query: AuditQuery, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The range that all terms about moments leave together."""
    low: datetime | None = None
    high: datetime | None = None
    for term in query.terms:
        if isinstance(term, At) and not isinstance(term.moment, Known):
            first, beyond = moment_range(term.moment, now)
            low = first if low is None or (first is not None and first > low) else low
            high = beyond if high is None or (beyond is not None and beyond < high) else high
    return low, high


def _at_test(term: At, now: datetime) -> Sql:
    assert not isinstance(term.moment, Known)  # an event always has a moment: the grammar takes no other
    return _between("at", *moment_range(term.moment, now))


def _between(column: str, low: datetime | None, high: datetime | None) -> Sql:
    return all_of(
        [
            Sql(f"{column} >= ?", (low,)) if low is not None else NOTHING,
            Sql(f"{column} < ?", (high,)) if high is not None else NOTHING,
        ]
    )


async def _ids_within(between: Sql) -> Sql:
    """The ids at the ends of a range of moments, where it is short enough to be looked through; else nothing. Ids and
    moments need not rise together: clocks are set back."""
    found = await rows(
        "SELECT min(id) AS low, max(id) AS high, count(*) AS n FROM (SELECT id FROM audit_events WHERE "
        + between
        + Sql(" ORDER BY at, id LIMIT ?) r", (MOST_IN_RANGE + 1,))
    )
    low, high, number = found[0]["low"], found[0]["high"], found[0]["n"]
    if number > MOST_IN_RANGE:
        return NOTHING
    return Sql("id >= ? AND id <= ?", (low, high)) if number else Sql("id < ?", (0,))


async def _ids_of_seqs(query: AuditQuery) -> Sql:
    """The ids between which a range of the chain's numbers lies: both are given under the lock of the chain."""
    bounds = []
    for term in query.terms:
        if isinstance(term, SeqIn) and term.first != term.last:
            for sign, value, order in ((">=", term.first, "ASC"), ("<=", term.last, "DESC")):
                found = await rows(
                    Sql(f"SELECT id FROM audit_events WHERE seq {sign} ? ORDER BY seq {order} LIMIT 1", (value,))
                )
                bounds.append(Sql(f"id {sign} ?", (found[0]["id"],)) if found else Sql("id < ?", (0,)))
    return all_of(bounds)


# Reading what is needed ---------------------------------------------------------------------------------------------


async def _load(query: AuditQuery) -> _Known:
    atoms = [term.term if isinstance(term, AuditNot) else term for term in query.terms]
    named = (AuditField.ACTOR, AuditField.TARGET)
    names = [atom.text for atom in atoms if isinstance(atom, Named) or (isinstance(atom, Is) and atom.field in named)]
    asks_action = any(isinstance(atom, Is) and atom.field is AuditField.ACTION for atom in atoms)
    return _Known(
        await database_now(connection()),
        await _users(names),
        await _roles(names),
        await load_actions() if asks_action else (),
    )


async def _users(names: list[str]) -> dict[str, int]:
    keys = sorted({key for key in map(lookup_key, names) if key is not None})
    if not keys:
        return {}
    listed = joined([Sql("?", (key,)) for key in keys], ", ")
    found = await rows("SELECT id, username_key FROM users WHERE username_key IN (" + listed + ")")
    return {str(row["username_key"]): int(row["id"]) for row in found}


async def _roles(names: list[str]) -> dict[str, int]:
    if not names:
        return {}
    wanted = {name.casefold() for name in names}
    found = await rows(Sql("SELECT id, name FROM roles ORDER BY id DESC"))
    return {str(row["name"]).casefold(): int(row["id"]) for row in found if str(row["name"]).casefold() in wanted}
