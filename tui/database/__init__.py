"""From a URL to an open database, or to one sentence that says why not. Needs no interface."""

from tui.database.config import CONNECTION, tortoise_config
from tui.database.errors import OpenError
from tui.database.identity import Identity, Kind, identify, known_versions
from tui.database.opening import Database, open_database

__all__ = [
    "CONNECTION",
    "Database",
    "Identity",
    "Kind",
    "OpenError",
    "identify",
    "known_versions",
    "open_database",
    "tortoise_config",
]
