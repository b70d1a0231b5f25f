"""What the migrations of both dialects ask of the names that are there: a key for each, and no two alike.

`users.username_key` is NFKC and casefold of the name. Neither PostgreSQL nor SQLite folds exactly as Python does, so
the migrations compute the keys here and stop, with nothing changed, where two people would get the same one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from asyncclick import ClickException

from models.usernames import key

KEY_LENGTH: Final = 150
"""Characters in `users.username_key`."""
SEED_COLUMNS: Final = frozenset({"id", "username", "hashed_password", "is_active"})
"""The columns of the web service's table, which the migrations start from."""
_SHOWN: Final = 10
_NAME_LENGTH: Final = 50


class MigrationStopped(ClickException):
    """The migration found data that it will not touch. The text says what, and what to do; nothing was changed.

    A ClickException, so that the plain `aerich` command prints the sentence and not a traceback.
    """


def refuse_other_tables(columns: Iterable[str], *, exact: bool) -> None:
    """Stops unless `users` is the web service's table. With `exact`, columns of its own are refused too.

    SQLite builds the table anew, and would lose what it does not know.
    """
    found = frozenset(columns)
    if missing := SEED_COLUMNS - found:
        raise MigrationStopped(
            f"The table users of this database has no column {', '.join(sorted(missing))}: it belongs to another "
            "application. Nothing was changed."
        )
    if exact and (more := found - SEED_COLUMNS):
        raise MigrationStopped(
            f"The table users has columns that this migration does not know: {', '.join(map(repr, sorted(more)))}. "
            "It is built anew, and they would be lost. Nothing was changed. Move them to a table of their own first."
        )


def refuse_attached(things: Iterable[tuple[str, str]]) -> None:
    """Stops where triggers or indexes of others hang on `users`: (kind, name) of each. SQLite would drop them."""
    if names := [f"{kind} {name!r}" for kind, name in things]:
        raise MigrationStopped(
            f"The table users has {', '.join(names)}, which this migration would drop with the old table. "
            "Nothing was changed. Drop them first and create them again afterwards."
        )


def refuse_collisions(rows: Iterable[tuple[int, str, str]]) -> None:
    """Stops where two rows have the same key, or one has a key that does not fit: (id, username, key), by key.

    Raises MigrationStopped with each pair, its ids, and the SQL that mends it.
    """
    sentences: list[str] = []
    mending: list[str] = []
    found = 0
    for folded, group in groupby(rows, key=lambda row: row[2]):
        people = list(group)
        if len(people) > 1:
            found += 1
            if found <= _SHOWN:
                named = " and ".join(f"id {number} {name!r}" for number, name, _ in people)
                sentences.append(f"  {named} are the same name but for case or form")
                mending.extend(_rename(number, name) for number, name, _ in people[1:])
        elif len(folded) > KEY_LENGTH:
            found += 1
            if found <= _SHOWN:
                number, name, _ = people[0]
                sentences.append(f"  id {number} {name!r} needs {len(folded)} characters when written out in full")
                mending.append(_rename(number, name))
    if not found:
        return
    if found > _SHOWN:
        sentences.append(f"  and {found - _SHOWN} more")
    raise MigrationStopped(
        "\n".join(
            [
                "Nothing was changed: some names cannot be told apart once case and form are ignored.",
                *sentences,
                "Rename one of each, tell its owner, and upgrade again. For instance:",
                *(f"  {sql}" for sql in mending),
            ]
        )
    )


def _rename(number: int, name: str) -> str:
    """SQL that gives a row a name of its own. Only ASCII letters and digits are copied: it is pasted."""
    suffix = f"-{number}"
    plain = name if name.isascii() and name.isalnum() else "user"
    return f"UPDATE users SET username = '{plain[: _NAME_LENGTH - len(suffix)]}{suffix}' WHERE id = {number};"  # noqa: S608 - shown, not run


__all__ = ["MigrationStopped", "key", "refuse_attached", "refuse_collisions", "refuse_other_tables"]
