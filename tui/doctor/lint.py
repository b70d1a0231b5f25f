"""Whether the program is there that checks PostgreSQL's general rules in the lint of migrations."""

from __future__ import annotations

import subprocess
from typing import Final

from tui.doctor.check import Check, ok, warning
from tui.migrate.lint.squawk import find_squawk
from tui.settings.children import environment_of_children

_SECONDS: Final = 10.0
_LOST: Final = "the lint of PostgreSQL migrations goes without its rules"
_INSTALL: Final = "pip install squawk-cli"


def check_lint() -> Check:
    """Ask squawk for its version."""
    program = find_squawk()
    if program is None:
        return warning("lint", f"squawk was not found: {_LOST}.", _INSTALL)
    try:
        ended = subprocess.run(  # noqa: S603 - found beside the interpreter or on PATH, no shell
            [str(program), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment_of_children(),
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return warning("lint", f"{program} does not run: {_LOST}.", f"{_INSTALL} --force-reinstall")
    return ok("lint", f"{ended.stdout.strip()[:60]} checks PostgreSQL migrations.")
