"""The exit codes: an interface, as much as the options are."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. `migrate status` and `migrate plan` have two of their own, below."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    CONFLICT = 4
    UNAVAILABLE = 5
    UNKNOWN = 6
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class MigrateExit(IntEnum):
    """What `migrate` answers where its list differs from `Exit`."""

    PENDING = 2
    DRIFT = 3
    CHANGED = 4
    LOCKED = 5
