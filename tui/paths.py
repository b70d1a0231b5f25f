"""Paths that a person or a file names. Nothing is opened, and no such name is an error yet."""

from __future__ import annotations

import os
from pathlib import Path


def expanded(named: str | Path) -> Path:
    """With the home directory in the place of ~. A user that is not there stays as it was written, where
    `Path.expanduser` raises a RuntimeError: whoever opens the file says that there is none."""
    return Path(os.path.expanduser(named))  # noqa: PTH111 - see above


def exists(path: Path) -> bool:
    """Whether something has this name; False also for what is too long to be one, or has a NUL in it."""
    return os.path.exists(path)  # noqa: PTH110 - as above: these are errors of `Path.exists`
