"""Values as people type them: time spans, `field=value`, whole numbers. Pure; argparse prints the errors."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta

from tui.until import read_span, read_until


def duration(text: str) -> timedelta | None:
    """`90m`, `24h`, `7d`, `2w`; `never` is None. At most a year."""
    try:
        span = read_span(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time span: write 90m, 24h, 7d, 2w or never") from None
    if span is not None and span > timedelta(days=366):
        raise argparse.ArgumentTypeError(f"{text!r} is longer than a year")
    return span


def until(text: str) -> timedelta | datetime:
    """A span from now as `duration`, or a moment ahead: a date, or a date with a time (UTC where no zone is said)."""
    try:
        span = read_span(text)
    except ValueError:
        try:
            moment = read_until(text, datetime.now(UTC))
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a time span or a date. {error}".rstrip(".")) from None
        if moment is not None:
            return moment
        span = None
    if span is None:
        raise argparse.ArgumentTypeError("a lock has an end, a year ahead at most: to shut an account, deactivate it")
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


def count(text: str) -> int:
    """A whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 9999")
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
    from models.operations.audit.text import reason_problem, ticket_problem  # only where one is given

    problem = (reason_problem if what == "reason" else ticket_problem)(text)
    if problem:
        raise argparse.ArgumentTypeError(problem.rstrip("."))
    return text
