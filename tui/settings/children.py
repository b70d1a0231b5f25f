"""The environment of the programs that Shellback starts: the person's own, without what opens Shellback."""

from __future__ import annotations

import os
from typing import Final

CREDENTIALS: Final = frozenset({"SHELLBACK_TOKEN", "SHELLBACK_DATABASE_URL", "SHELLBACK_READ_URL", "SHELLBACK_MFA_KEY"})


def environment_of_children() -> dict[str, str]:
    """Return it as it is now. The database's own variables (PGPASSFILE and its kin) stay: a child may need them."""
    return {name: value for name, value in os.environ.items() if name not in CREDENTIALS}
