"""A clock that only goes forward, and goes on while the machine sleeps."""

from __future__ import annotations

import time


def uptime() -> float:
    """Return seconds since some moment in the past; setting the clock of the machine does not move it.

    `time.monotonic` stands still during a suspend on Linux, so the lock would not know that nobody was there.
    """
    boot: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()
