"""The statements of an export: one key range after the other, in the order that was asked for.

Each is short, whatever the table's size. Users that were marked, or that an index lists, are put into the order once
and then read by their ids. In all of them `u` is a user, `a` the sign-in state, `g` the roles that are held now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from models import Account, UserAuthState
from tui.browse.lists.statements import range_of
from tui.browse.sql import NOTHING, Sql, all_of, where
from tui.transfer.sheets import Sheet, select_list

if TYPE_CHECKING:
    from tui.browse.lists.access import Stretch
    from tui.browse.lists.orders import Segment

ROWS: Final = 5_000
"""Keys of one statement: some 20 ms, and a megabyte of lines, which keep a thread as long."""

IDS: Final = 5_000
"""Users of one statement that are read by their ids."""

_READS_STATE: Final = re.compile(r"\ba\.")
_COLUMN: Final = re.compile(r"\b([ua])\.(\w+)")


@dataclass(frozen=True, slots=True)
class Writer:
    """What all statements of one export share. `now` decides which roles are held."""

    sheet: Sheet
    dialect: str
    now: datetime

    def tells_end(self, stretch: Stretch) -> bool:
        """Whether the rows of a part end with the keys of their order, and none is left out: then the last one says
        where the next part begins. COPY gives no values, and asking for the end is quick there: the index answers."""
        return self.dialect == "sqlite" and not stretch.test and not stretch.segment.from_state

    def part(self, stretch: Stretch, after: Sql, upto: Sql) -> Sql:
        """Return the SELECT of the lines among the next ROWS keys of a stretch. `upto` bounds the same range from
        above, where it is known."""
        segment = stretch.segment
        used = _used(self.sheet, stretch)
        near = all_of([after, upto]) if segment.walked == ("u.id",) and upto else NOTHING
        if segment.from_state:
            source = "(" + _slice(segment, after, used) + ") a JOIN users u ON u.id = a.user_id"
            if self.dialect == "postgres":
                columns = ", ".join(f"s.{name}" for name in used["u"])
                looked_up = f"SELECT {columns} FROM users s WHERE s.id = a.user_id OFFSET 0"
                source = "(" + _slice(segment, after, used) + f") a CROSS JOIN LATERAL ({looked_up}) u"
        else:
            source = "(" + _slice(segment, after, used) + ") u"
            if self.sheet.needs("a") or _READS_STATE.search(stretch.test.text):
                source = source + self._state(near)
        if self.dialect == "postgres" and self.sheet.needs("g"):
            source = source + self._roles(near)
        # SQLite yields the rows as the slice does; told to order them it would sort them once more.
        order = _ordered(segment) if self.dialect == "postgres" else NOTHING
        keys = ", " + ", ".join(segment.walked) if self.tells_end(stretch) else ""
        return "SELECT " + self._list() + keys + " FROM " + source + where(stretch.test) + order

    def part_of_ids(self, ids: Sequence[int]) -> Sql:
        """Return the SELECT of the lines of these users, in the order in which they are given."""
        state = self._state(NOTHING) if self.sheet.needs("a") else NOTHING
        if self.dialect == "sqlite":
            found = " FROM json_each(?) l CROSS JOIN users u ON u.id = l.value"
            return "SELECT " + self._list() + Sql(found, (json.dumps(list(ids)),)) + state + " ORDER BY l.key"
        roles = self._roles(NOTHING) if self.sheet.needs("g") else NOTHING
        found = " FROM unnest(?::int[]) WITH ORDINALITY l(id, n) JOIN users u ON u.id = l.id"
        return "SELECT " + self._list() + Sql(found, (list(ids),)) + state + roles + " ORDER BY l.n"

    def _list(self) -> Sql:
        text = select_list(self.sheet, self.dialect)
        if self.dialect == "sqlite" and self.sheet.needs("g"):
            before, _, behind = text.partition("g.roles")
            held = (
                "(SELECT group_concat(x.name, char(31)) FROM (SELECT n.name FROM user_roles r"
                " JOIN roles n ON n.id = r.role_id WHERE r.user_id = u.id"
                " AND (r.expires_at IS NULL OR r.expires_at > ?) ORDER BY n.name) x)"
            )
            return before + Sql(held, (self.now,)) + behind
        return Sql(text)

    def _state(self, near: Sql) -> Sql:
        """The sign-in states. In the order of ids they lie side by side, and are read as one range; otherwise each is
        looked up: PostgreSQL might read the whole table from its start instead, which OFFSET 0 keeps it from."""
        if self.dialect == "sqlite":
            return Sql(" LEFT JOIN user_auth_state a ON a.user_id = u.id")
        columns = ", ".join(f"s.{name}" for name in _columns("a"))
        if near:
            found = f" LEFT JOIN (SELECT {columns} FROM user_auth_state s WHERE " + _of(near, "s.user_id")
            return found + ") a ON a.user_id = u.id"
        return Sql(
            f" LEFT JOIN LATERAL (SELECT {columns} FROM user_auth_state s WHERE s.user_id = u.id OFFSET 0) a ON TRUE"
        )

    def _roles(self, near: Sql) -> Sql:
        names = "array_agg(n.name::text ORDER BY n.name) AS roles FROM user_roles r JOIN roles n ON n.id = r.role_id"
        held = Sql("(r.expires_at IS NULL OR r.expires_at > ?)", (self.now,))
        if near:
            found = f" LEFT JOIN (SELECT r.user_id, {names}" + where(all_of([_of(near, "r.user_id"), held]))
            return found + " GROUP BY r.user_id) g ON g.user_id = u.id"
        return f" LEFT JOIN LATERAL (SELECT {names} WHERE r.user_id = u.id AND " + held + ") g ON TRUE"


def end_sql(segment: Segment, after: Sql) -> Sql:
    """Return the SELECT of the last of the next ROWS keys; it finds nothing when fewer are left."""
    keys = ", ".join(segment.walked)
    found = f"SELECT {keys} FROM {_table(segment)}" + where(range_of(segment, after, forward=True)) + _ordered(segment)
    return found + Sql(" LIMIT 1 OFFSET ?", (ROWS - 1,))


def last_key(segment: Segment, rows: int, last: Sequence[object]) -> Sequence[Sequence[object]]:
    """Return what `end_sql` would find, from the last row of a part that ends with its keys."""
    return [last[-len(segment.walked) :]] if rows == ROWS else []


def ids_sql(stretch: Stretch, listed: Sql) -> Sql:
    """Return the SELECT of those of some users that are in a stretch, in its order. `listed` is a SELECT of `id`."""
    return (
        "SELECT u.id FROM ("
        + listed
        + ") l CROSS JOIN users u LEFT JOIN user_auth_state a ON a.user_id = u.id"
        + where(all_of([Sql("u.id = l.id"), stretch.segment.within, stretch.test]))
        + _ordered(stretch.segment)
    )


def marked_sql(ids: Sequence[int], dialect: str) -> Sql:
    """Return marked users as a SELECT of `id`."""
    if dialect == "sqlite":
        return Sql("SELECT value AS id FROM json_each(?)", (json.dumps(list(ids)),))
    return Sql("SELECT unnest(?::int[]) AS id", (list(ids),))


def upto_key(segment: Segment, key: Sequence[object]) -> Sql:
    """Return the upper (or, descending, lower) bound of a range by its last key, for an order of one column."""
    return Sql(f"{segment.walked[0]} {'>=' if segment.descending else '<='} ?", (key[0],)) if len(key) == 1 else NOTHING


def _slice(segment: Segment, after: Sql, used: Mapping[str, Sequence[str]]) -> Sql:
    home = "a" if segment.from_state else "u"
    columns = ", ".join(f"{home}.{name}" for name in used[home])
    found = f"SELECT {columns} FROM {_table(segment)}" + where(range_of(segment, after, forward=True))
    return found + _ordered(segment) + Sql(" LIMIT ?", (ROWS,))


def _used(sheet: Sheet, stretch: Stretch) -> dict[str, list[str]]:
    """The columns of each table that a statement needs: what is not read costs nothing."""
    text = " ".join([stretch.test.text, *stretch.segment.walked, *(column.sql for column in sheet.columns)])
    named = {(home, name) for home, name in _COLUMN.findall(text)} | {("u", "id"), ("a", "user_id")}
    return {home: sorted(name for one, name in named if one == home and name in _columns(home)) for home in ("u", "a")}


def _columns(home: str) -> list[str]:
    """Every column but the hash, by name: a role of the database may be allowed no more."""
    model = Account if home == "u" else UserAuthState
    return [str(column) for column in model._meta.fields_db_projection.values()]


def _of(near: Sql, column: str) -> Sql:
    """A range of ids on another table's column."""
    return Sql(near.text.replace("u.id", column), near.parameters)


def _table(segment: Segment) -> str:
    return "user_auth_state a" if segment.from_state else "users u"


def _ordered(segment: Segment) -> Sql:
    direction = "DESC" if segment.descending else "ASC"
    return Sql(" ORDER BY " + ", ".join(f"{column} {direction}" for column in segment.walked))
