"""The two programs as a person runs them, each in a process of its own: `aerich`, and `shellback migrate`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.ended import Ended

CHECKOUT = Path(__file__).parents[4]


def aerich(project: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """The plain command in the project's directory."""
    return _run(project, "aerich", *arguments, environment=environment)


def shellback(project: Path, verb: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """`shellback migrate VERB --project DIR`, its Python agreed to."""
    argv = ("tui", "migrate", verb, "--project", str(project), "--trust", *arguments)
    return _run(CHECKOUT, *argv, environment=environment)


def _run(directory: Path, *argv: str, environment: Mapping[str, str] | None) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", *argv],
        cwd=directory,
        env={**os.environ, "AERICH_NO_OLD_FORMAT_WARNING": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
