"""How long the reason and the ticket of a write may be. A longer one is an error beside its field, never cut."""

from __future__ import annotations

from typing import Final

REASON_LENGTH: Final = 500
TICKET_LENGTH: Final = 100


def reason_problem(text: str) -> str:
    """Return what is wrong with a reason, in a sentence; empty where it can be kept."""
    return _too_long("reason", text, REASON_LENGTH)


def ticket_problem(text: str) -> str:
    """Return what is wrong with a ticket, in a sentence; empty where it can be kept."""
    return _too_long("ticket", text, TICKET_LENGTH)


def _too_long(what: str, text: str, most: int) -> str:
    return f"A {what} has at most {most} characters; this one has {len(text)}." if len(text) > most else ""
