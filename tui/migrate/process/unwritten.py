"""Importing a project's code without writing `__pycache__` into its folders: they are not ours, and a file that is
edited twice in a second to the same length would be taken for its compiled self."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def unwritten() -> Iterator[None]:
    """While inside, nothing that is imported is written down compiled; what was compiled before is still used."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
