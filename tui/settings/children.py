"""The environment of the programs that Shellback starts: the person's own, without what opens Shellback."""

from __future__ import annotations

import os
from typing import Final

CREDENTIALS: Final = frozenset({"SHELLBACK_TOKEN", "SHELLBACK_DATABASE_URL", "SHELLBACK_READ_URL", "SHELLBACK_MFA_KEY"})
OF_THE_DATABASE: Final = "PGPASSWORD"


def environment_of_children() -> dict[str, str]:
    """Return it as it is now, for an editor, git and the like: they open no database. What only names a place of the
    database (PGHOST, PGPASSFILE) stays."""
    return {name: value for name, value in environment_of_workers().items() if name != OF_THE_DATABASE}


def environment_of_workers() -> dict[str, str]:
    """Return it for a process that opens the database as psql would: with PGPASSWORD."""
    return {name: value for name, value in os.environ.items() if name not in CREDENTIALS}
