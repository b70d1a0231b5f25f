"""The log where the database takes no rows: one JSON object a line, in a file of the person's own, mode 0600.

Lines of one (run, version) belong together: later ones replace values of earlier ones.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

LONGEST: Final = 8 * 1024 * 1024
"""Bytes of the file's end that are read."""


def append(path: Path, values: dict[str, Any], *, sync: bool = False) -> None:
    """Adds a line, written at once. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, (json.dumps(values, default=str, ensure_ascii=True) + "\n").encode("ascii"))
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> list[dict[str, Any]]:
    """The objects of the file, in order; what is no object of ours, or cut off, is left out. Nothing is raised."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LONGEST))
            data = file.read()
    except OSError:
        return []
    found = []
    for line in data.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def merged(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One object for each (run, version), in the order in which they began."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        found.setdefault((str(line.get("run")), str(line.get("version"))), {}).update(line)
    return list(found.values())
