"""Moments as people say them, in the zone of the person who reads: `2 h ago`, `yesterday`, `3 Mar`. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.operations.text import is_endless

NEVER = "never"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, or its day: `just now`, `12 min ago`, `2 h ago`, `yesterday`, `3 Mar`.

    None is `never`. A moment ahead is said with its day and time.
    """
    if moment is None:
        return NEVER
    here, today = moment.astimezone(), now.astimezone()
    passed = today - here
    if passed < timedelta(seconds=-60):
        return stamp(moment, now)
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min ago"
    if here.date() == today.date():
        return f"{passed.seconds // 3600} h ago"
    if here.date() == today.date() - timedelta(days=1):
        return "yesterday"
    return day(moment, now)


def lock_end(moment: datetime, now: datetime) -> str:
    """Return when a lock ends, in the few characters of a list: `14:30` within a day, `3 Mar` within the longest lock
    that Shellback sets, else the year; `no end` where it has none."""
    if is_endless(moment):
        return "no end"
    left, here = moment - now, moment.astimezone()
    if left < timedelta(days=1):
        return clock(moment)
    return f"{here.day} {here:%b}" if left < timedelta(days=365) else f"{here:%Y}"


def day(moment: datetime, now: datetime) -> str:
    """Return a day: `3 Mar` in this year or within half a year, else `2024-11-02`."""
    here, today = moment.astimezone(), now.astimezone()
    if here.year == today.year:
        return f"{here.day} {here:%b}"
    return f"{here:%Y-%m-%d}"


def clock(moment: datetime) -> str:
    """Return a time of day: `14:30`."""
    return f"{moment.astimezone():%H:%M}"


def stamp(moment: datetime | None, now: datetime) -> str:
    """Return a day and a time: `14:30` today, `yesterday 17:02`, `3 Mar 17:02`, `2024-11-02 17:02`."""
    if moment is None:
        return NEVER
    here, today = moment.astimezone(), now.astimezone()
    if here.date() == today.date():
        return clock(moment)
    if here.date() == today.date() - timedelta(days=1):
        return f"yesterday {clock(moment)}"
    if here.date() == today.date() + timedelta(days=1):
        return f"tomorrow {clock(moment)}"
    return f"{day(moment, now)} {clock(moment)}"


def utc(moment: datetime | None) -> str:
    """Return a moment to the second in UTC: `2024-11-02 17:02:11 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment is not None else NEVER


def wall_clock() -> str:
    """Return the time of day here and now, to the second: when something was loaded."""
    return f"{datetime.now().astimezone():%H:%M:%S}"
