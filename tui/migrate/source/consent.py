"""Whether the person has agreed that a project's Python runs here, once for each directory, and kept.

Importing a project's configuration runs whatever is in it, so nothing of a project is imported before that. Shellback's
own migrations are part of the program and need no consent.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.settings import state_dir

if TYPE_CHECKING:
    from tui.migrate.source.project import Project


def question(project: Project) -> str:
    """What to ask the first time."""
    return f"This runs Python from {project.root}"


def has_consent(project: Project) -> bool:
    """Whether `remember_consent` was called for this directory. A file that others may write to says nothing."""
    return project.is_own or _key(project) in _read()


def remember_consent(project: Project) -> None:
    """Keeps the answer, 0600 in the state directory. Raises OSError when it cannot be written."""
    if project.is_own:
        return
    known = _read()
    known[_key(project)] = datetime.now(UTC).isoformat(timespec="seconds")
    _write(known)


def _path() -> Path:
    return state_dir() / "projects-that-may-run.json"


def _key(project: Project) -> str:
    return str(project.root.resolve())


def _read() -> dict[str, str]:
    try:
        with _path().open(encoding="utf-8") as file:
            found = os.fstat(file.fileno())
            if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022:
                return {}
            known = json.load(file)
    except (OSError, ValueError):
        return {}
    return {str(name): str(when) for name, when in known.items()} if isinstance(known, dict) else {}


def _write(known: dict[str, str]) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=2, sort_keys=True)
            file.write("\n")
        partial.rename(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
