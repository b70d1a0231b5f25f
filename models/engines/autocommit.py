"""The rule that nothing is written outside a transaction, told by the statement's first word.

The databases enforce the same rule for what a first word cannot tell (a `WITH` that deletes, a function that writes):
PostgreSQL by `default_transaction_read_only`, SQLite by `query_only`. Here the mistake gets its clear name.
"""

from __future__ import annotations

import re
from typing import Final

from models.engines.errors import WriteOutsideTransaction

READS: Final = frozenset({"SELECT", "WITH", "EXPLAIN", "SHOW", "VALUES", "TABLE", "PRAGMA"})

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]*)", re.DOTALL)


def is_read(query: str) -> bool:
    """Whether the statement begins as one that reads."""
    return _first_word(query) in READS


def refuse_write(query: str) -> None:
    """Raises `WriteOutsideTransaction` unless the statement begins as one that reads."""
    word = _first_word(query)
    if word not in READS:
        raise WriteOutsideTransaction(
            f"{word or 'This statement'} was sent outside a transaction: wrap it in in_transaction()."
        )


def _first_word(query: str) -> str:
    found = _FIRST_WORD.match(query)
    return found.group(1).upper() if found else ""
