"""How far a long work is, in the words that the command line and the screens share."""

from __future__ import annotations

from models.operations.text import grouped


def pace_words(done: str, *, rate: float = 0.0, left: float | None = None) -> list[str]:
    """Return `120 000 rows`, `98 000/s`, `12 s left`; a `rate` of 0 and a `left` of None are not known yet, and unsaid.

    `rate` is in pieces a second, `left` in seconds.
    """
    words = [done]
    if rate:
        words.append(f"{grouped(round(rate))}/s")
    if left is not None:
        words.append(f"{duration(left)} left")
    return words


def rate_of(done: int, seconds: float) -> float:
    """Return how many a second; 0 in the first second, which says nothing yet."""
    return done / seconds if seconds >= 1 else 0.0


def duration(seconds: float) -> str:
    """Return `8 s`, `2 min 10 s`, `1 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
