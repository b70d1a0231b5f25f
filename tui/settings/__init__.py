"""What the user settled beforehand: which database, and how to reach it. Nothing here opens a connection."""

from tui.settings.choice import Choice, choose, embedded_url
from tui.settings.errors import SettingsError
from tui.settings.paths import config_dir, data_dir, default_database, state_dir
from tui.settings.profiles import Profile, Settings, load_settings
from tui.settings.server import Server
from tui.settings.url import DatabaseUrl, parse_url

__all__ = [
    "Choice",
    "DatabaseUrl",
    "Profile",
    "Server",
    "Settings",
    "SettingsError",
    "choose",
    "config_dir",
    "data_dir",
    "default_database",
    "embedded_url",
    "load_settings",
    "parse_url",
    "state_dir",
]
