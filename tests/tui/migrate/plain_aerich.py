"""The real `aerich` command, for the tests that show what it does where ours does better."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tui.migrate.source.project import Project

AERICH: Final = Path(sys.executable).parent / "aerich"


def aerich(project: Project, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it in the project's directory, as a person would who has no Shellback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHELLBACK")}
    return subprocess.run(
        [AERICH, *words], cwd=project.root, env=kept | environment, capture_output=True, text=True, check=False
    )
