"""Values as people type them: time spans, `field=value`, whole numbers. Pure; argparse prints the errors."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])", re.ASCII)


def duration(text: str) -> timedelta | None:
    """`90m`, `24h`, `7d`, `2w`; `never` is None. At most a year."""
    if text == "never":
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time span: write 90m, 24h, 7d, 2w or never")
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > timedelta(days=366):
        raise argparse.ArgumentTypeError(f"{text!r} is longer than a year")
    return span


def assignment(text: str) -> tuple[str, str]:
    """`field=value` as a pair. The value may be empty and may hold further equals signs."""
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise argparse.ArgumentTypeError(f"{text!r} is not field=value")
    return field.strip(), value


def positive(text: str) -> int:
    """A whole number from 1."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 999999999")
    return int(text)


def page_size(text: str) -> int:
    """A whole number from 1 to 10 000: a page is held in memory."""
    number = positive(text)
    if number > 10_000:
        raise argparse.ArgumentTypeError("a page has at most 10000 rows: continue with --after")
    return number


def seconds(text: str) -> int:
    """A whole number from 0 to a day."""
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or int(text) > 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 86400")
    return int(text)


def reason(text: str) -> str:
    """A reason, as long as the audit keeps it."""
    return _kept("reason", text)


def ticket(text: str) -> str:
    """A ticket, as long as the audit keeps it."""
    return _kept("ticket", text)


def _kept(what: str, text: str) -> str:
    if not text:
        return text
    from models.operations.audit_text import reason_problem, ticket_problem  # only where one is given

    problem = (reason_problem if what == "reason" else ticket_problem)(text)
    if problem:
        raise argparse.ArgumentTypeError(problem.rstrip("."))
    return text
