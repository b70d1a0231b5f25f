"""Where a connection's password comes from, asked anew for each connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.engines.errors import DatabaseUnavailable
from tui.settings.errors import SettingsError
from tui.settings.passfile import passfile_of, password_in
from tui.settings.passwords import PasswordCommand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.settings import DatabaseUrl

UNUSABLE = "no password"
"""The code of a connection that was not even tried: its password could not be had."""


def password_of(url: DatabaseUrl) -> Any:
    """What asyncpg takes as `password`: a text, or a callable. Never None, for which it would look around by itself.

    The URL's own (or its service's), else the output of `password_command`, else PGPASSWORD, else the line of the
    password file. Raises `SettingsError` for a password file that may not be used.
    """
    assert url.server is not None
    if url.password is not None:
        return url.password
    if url.password_command:
        return _told_as_unavailable(PasswordCommand(url.password_command))
    path, server = passfile_of(url.server), url.server
    if path is None:
        return ""

    async def from_file() -> str:
        return password_in(path, server) or ""

    return _told_as_unavailable(from_file)


def _told_as_unavailable(ask: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
    """A pool connects again hours after the start, in the middle of whatever is done: what fails then is a database
    that cannot be reached."""

    async def password() -> str:
        try:
            return await ask()
        except SettingsError as error:
            raise DatabaseUnavailable(f"{error.sentence} Nothing was changed.", code=UNUSABLE) from error

    return password
