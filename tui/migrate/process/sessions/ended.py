"""A transaction that is over before the file that it held."""

from __future__ import annotations


class TransactionEnded(Exception):
    """Somebody ended it: the file's Python behind our back, or SQLite itself, where it cannot write."""
