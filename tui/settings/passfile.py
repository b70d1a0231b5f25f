"""The password file of libpq, `~/.pgpass`: read here and not by asyncpg, which leaves the backslashes in passwords."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.paths import exists, expanded
from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.settings.server import Server

_FIELDS: Final = 4


def passfile_of(server: Server) -> Path | None:
    """The password file that is to be read; None when there is none. Raises `SettingsError` when others can read it,
    or when one that was named cannot be read."""
    path = expanded(server.passfile or "~/.pgpass")
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            path.open("rb").close()
    except OSError as error:
        if server.passfile is None and isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return None
        named = path if exists(path) else "that passfile or PGPASSFILE names"
        raise SettingsError(f"The password file {named} cannot be read.") from None
    if not stat.S_ISREG(mode):
        raise SettingsError(f"The password file {path} is not a regular file.")
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"The password file {path} can be read by others: run chmod 600 {path}.")
    return path


def password_in(path: Path, server: Server) -> str | None:
    """The password of the first line that fits; None when none does. Raises `SettingsError`, which quotes none."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        raise SettingsError(f"The password file {path} cannot be read.") from None
    # libpq knows the socket of its own directory as localhost, and any other by its path.
    hosts = (server.host, "localhost") if server.is_socket else (server.host,)
    wanted = (hosts, (str(server.port),), (server.database,), (server.user,))
    for number, raw in enumerate(lines, start=1):
        try:
            line = raw.rstrip(b"\r").decode()
        except UnicodeDecodeError:
            raise SettingsError(f"The password file {path} is not UTF-8 in line {number}.") from None
        if not line or line.startswith("#"):
            continue
        fields = list(_fields(line))
        if len(fields) > _FIELDS and all(
            field == "*" or _plain(field) in values for field, values in zip(fields, wanted, strict=False)
        ):
            return _plain(fields[_FIELDS]) or None
    return None


def _fields(line: str) -> Iterator[str]:
    """The fields between colons, a backslash and what it protects kept together."""
    field, rest = "", iter(line)
    for character in rest:
        if character == ":":
            yield field
            field = ""
        else:
            field += character + next(rest, "") if character == "\\" else character
    yield field


def _plain(field: str) -> str:
    """A field without its backslashes: each protects the character after it."""
    rest = iter(field)
    return "".join(next(rest, "\\") if character == "\\" else character for character in rest)
