"""The command that prints the database's password: run for each new connection, so that a short-lived one is new."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from contextlib import suppress
from typing import Final

from tui.settings.children import environment_of_children
from tui.settings.errors import SettingsError

COMMAND_SECONDS: Final = 4.0
"""Less than the deadline of a connection, in which it runs: short-lived passwords are asked for each new one."""
LONGEST: Final = 64 * 1024
"""Bytes of output that are kept; what comes after is read and thrown away."""
TERMINALS: Final = ("GPG_TTY", "SSH_TTY")
"""They name the terminal to programs that ask there for a passphrase, over the interface that stands on it."""


class PasswordCommand:
    """Gives the command's first line of output. No shell is between, no terminal, and nothing to read.

    Raises `SettingsError`, whose sentence quotes neither the command nor what it printed.
    """

    def __init__(self, command: str) -> None:
        try:
            self._arguments = shlex.split(command)
        except ValueError:
            raise SettingsError("password_command has a quotation mark that is not closed.") from None
        if not self._arguments:
            raise SettingsError("password_command is empty.")

    async def __call__(self) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: value for name, value in environment_of_children().items() if name not in TERMINALS},
                start_new_session=True,  # without a terminal of its own it cannot ask on ours; and it is ended whole
            )
        except (OSError, ValueError):
            raise SettingsError("password_command names a program that cannot be run.") from None
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                output = await _output(process)
                await process.wait()
        except TimeoutError:
            raise SettingsError(
                f"password_command did not end within {COMMAND_SECONDS:g} seconds. "
                "It cannot ask on the terminal: unlock its store before."
            ) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode != 0:
            raise SettingsError(
                f"password_command failed (exit status {process.returncode}). Run it by hand to see what it says."
            )
        return _first_line(output)


async def _output(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    output = b""
    while chunk := await process.stdout.read(LONGEST):
        output = (output + chunk)[:LONGEST]
    return output


def _first_line(output: bytes) -> str:
    line = output.partition(b"\n")[0].removesuffix(b"\r")
    try:
        password = line.decode()
    except UnicodeDecodeError:
        raise SettingsError("password_command printed something that is not UTF-8.") from None
    if not password:
        raise SettingsError("password_command printed no password: its first line is empty.")
    if "\x00" in password or (len(output) == LONGEST and b"\n" not in output):
        raise SettingsError("password_command printed something that is no password.")
    return password
