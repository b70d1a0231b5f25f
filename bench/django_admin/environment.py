"""A virtual environment with Django in it, made once beside the data of the benchmark."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

PACKAGES: Final = ("Django==5.2.19", "psycopg[binary]==3.2.13")
"""The long-term release of Django and its own driver for PostgreSQL, compiled."""


def python_with_django(directory: Path) -> Path:
    """Return the interpreter of the environment in `directory`, made if need be. Raises SystemExit if it fails."""
    python = directory / "bin" / "python"
    ready = directory / ".ready"
    if not ready.exists() or ready.read_text(encoding="utf-8") != "\n".join(PACKAGES):
        print("Installing Django into an environment of its own ...", file=sys.stderr)
        venv.create(directory, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        if subprocess.run(install, check=False).returncode:
            raise SystemExit("Django could not be installed; leave it out with --without-django.")
        ready.write_text("\n".join(PACKAGES), encoding="utf-8")
    return python
