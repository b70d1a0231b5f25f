"""The key that continues a list: a position of `tui.browse` as one word without blanks, bound to its query and order.

Opaque to people, and not trusted when it comes back: it is values for parameters, never SQL.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from tui.browse.lists.rows import Position
from tui.cli.failure import usage

_BAD = "The --after key is none that this list printed: copy the `next` of the page before, whole"


def print_key(position: Position, query: str, order: str) -> str:
    """The word for a position."""
    key = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in position.key]
    text = json.dumps([query, order, position.segment, key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(word: str, query: str, order: str, *, segments: int) -> Position:
    """The position of a word. Raises a usage failure when it is damaged, or belongs to another list."""
    try:
        text = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        of_query, of_order, segment, key = json.loads(text)
        values = tuple(datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value for value in key)
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise usage(_BAD) from None
    if (of_query, of_order) != (query, order):
        raise usage("The --after key belongs to another query or order: repeat those of the page before")
    good = isinstance(segment, int) and 0 <= segment < segments and len(values) <= 2
    if not good or not all(isinstance(value, str | int | datetime) for value in values):
        raise usage(_BAD)
    return Position(segment, values)
