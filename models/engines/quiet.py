"""The logger of the engines: it says nothing.

Tortoise logs each statement with its values at DEBUG, and a value can be a password hash or a token's.
"""

import logging
from typing import Final

SILENT: Final = logging.getLogger("models.engines.statements")
SILENT.disabled = True
