"""Where the database's password comes from when the URL has none: a command, or a file that only its owner reads."""

from __future__ import annotations

import asyncio
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.settings.children import environment_of_children
from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from tui.settings.url import Server

COMMAND_SECONDS: Final = 4.0
"""Less than the deadline of a connection, in which it runs: short-lived passwords are asked for each new one."""


class PasswordCommand:
    """Called by asyncpg for each new connection: the command's first line. No shell is between.

    Raises `SettingsError`, whose sentence quotes neither the command nor what it printed.
    """

    def __init__(self, command: str) -> None:
        self._arguments = shlex.split(command)

    async def __call__(self) -> str:
        if not self._arguments:
            raise SettingsError("password_command is empty.")
        try:
            process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment_of_children(),
            )
        except OSError:
            raise SettingsError("password_command names a program that cannot be run.") from None
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            raise SettingsError(f"password_command did not end within {COMMAND_SECONDS:g} seconds.") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        lines = output.decode("utf-8", "replace").splitlines()
        if process.returncode != 0 or not lines or not lines[0]:
            raise SettingsError(f"password_command gave no password (exit status {process.returncode}).")
        return lines[0]


def checked_passfile(server: Server) -> str:
    """The password file for asyncpg, which need not exist. Raises `SettingsError` when others can read it, or when one
    that was named cannot be read."""
    path = Path(server.passfile).expanduser() if server.passfile else Path("~/.pgpass").expanduser()
    try:
        mode = path.stat().st_mode
    except OSError:
        if server.passfile:
            raise SettingsError(f"The password file {path} cannot be read.") from None
        return str(path)
    if not stat.S_ISREG(mode):
        raise SettingsError(f"The password file {path} is not a regular file.")
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The password file {path} can be read by others: run chmod 600 {path}.")
    return str(path)
