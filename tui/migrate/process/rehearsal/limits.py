"""How long a dry run may take, wait, and be in others' way. Pure: both sides of the worker's pipe read it."""

from __future__ import annotations

from typing import Final

LOCK_MS: Final = 1_000
"""For one lock of PostgreSQL."""
STATEMENT_MS: Final = 10_000
"""For one statement."""
WHOLE_S: Final = 60.0
"""For everything between BEGIN and ROLLBACK."""
IN_THE_WAY_S: Final = 2.0
"""How long others wait for what the dry run holds, before it gives up."""
NOTED_MS: Final = 50
"""What is not a statement of the script, and left nothing to be seen, is worth a line when it took so long."""
