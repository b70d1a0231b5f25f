"""What the user settled beforehand: which database, and how to reach it. Nothing here opens a connection."""

from tui.settings.errors import SettingsError
from tui.settings.url import DatabaseUrl, Server, parse_url

__all__ = ["DatabaseUrl", "Server", "SettingsError", "parse_url"]
