"""Usernames that look like somebody else's, found in the database: look-alike letters put back into plain Latin.

Only whole names are compared, and only the letters that imitators use: `models.lookalikes` knows thousands, which no
database can replace one by one. When a name is chosen, all of them are looked at (`models.operations.uniqueness`).
"""

from __future__ import annotations

from typing import Final

from tui.browse.sql import Sql

LETTERS: Final = {
    **dict(zip("асԁеһіјорԛѕѵԝхуү", "acdehijopqsvwxyy", strict=True)),  # Cyrillic
    **dict(zip("αινορυ", "aivopu", strict=True)),  # Greek
    **dict(zip("ıɑɡ", "iag", strict=True)),  # phonetic and Turkish
}
"""Letters as they stand in a key, which is case-folded, and the Latin letter that each looks like."""

_DEPTH: Final = 10
"""Calls inside each other: from about 25 on SQLite's parser gives up."""


def is_look_alike(dialect: str) -> Sql:
    """Return the condition that user `u` looks like another user. The index of the keys answers it, name by name."""
    foreign = "".join(LETTERS)
    if dialect == "postgres":
        plain = Sql("translate(u.username_key, ?::text, ?::text)", (foreign, "".join(LETTERS.values())))
        other = "EXISTS (SELECT 1 FROM users o WHERE o.username_key = " + plain + ")"
        return "u.username_key <> " + plain + " AND " + other
    pairs = list(LETTERS.items())
    plain = Sql("u.username_key")
    source = Sql("")
    for start in range(0, len(pairs), _DEPTH):
        for letter, latin in pairs[start : start + _DEPTH]:
            plain = "replace(" + plain + Sql(", ?, ?)", (letter, latin))
        source = "(SELECT " + plain + " AS k" + (" FROM " + source if source else "") + ") p"
        plain = Sql("p.k")
    # Few names have such a letter: the others cost one look at their text.
    guard = Sql("u.username_key GLOB ?", (f"*[{foreign}]*",))
    return guard + " AND EXISTS (SELECT 1 FROM " + source + " JOIN users o ON o.username_key = p.k)"
