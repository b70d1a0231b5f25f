"""The text of a PostgreSQL URL, taken apart. Pure.

Not `urllib.parse.urlsplit`: it drops line ends, makes the path of a socket lower case, and turns what is no text into
another one - a password that nobody has typed. Here each of these is an error, which never quotes what was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from tui.settings.errors import SettingsError

_BARE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f]")
_HOST: Final = re.compile(r"(?:\[(?P<address>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>[^:]*))?")
UNREADABLE: Final = "The host or the port of the URL cannot be read: write postgres://user@host:5432/db."


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What the URL says; "" for what it leaves out. `pairs` are its options in order, names and values decoded."""

    user: str
    password: str = field(repr=False)
    host: str
    port: str
    database: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def said(self) -> Mapping[str, str]:
        """What stands before the question mark, by the names of the options that say the same."""
        parts = {"user": self.user, "host": self.host, "port": self.port, "dbname": self.database}
        return {name: value for name, value in parts.items() if value}


def take_apart(rest: str) -> Anatomy:
    """`rest` is what follows `postgres://`. Raises `SettingsError`."""
    if _UNSEEN.search(rest):
        raise SettingsError("The URL has a space or a control character in it: write %20 for a space.")
    rest, hash_mark, after = rest.partition("#")
    front, _, query = rest.partition("?")
    netloc, _, path = front.partition("/")
    if "@" not in netloc and "@" in f"{path}{query}{after}":
        # A password with a slash in it: its beginning would be taken for the port, its end for the database's name.
        raise SettingsError("Write %2F, %3F or %23 for a /, ? or # in the user name or the password of the URL.")
    if hash_mark:
        raise SettingsError("The URL has a # in it: write %23 for one that belongs to a name.")
    account, _, place = netloc.rpartition("@")
    user, _, password = account.partition(":")
    if "@" in user:
        raise SettingsError("The user name of the URL has an @ in it: write %40 for one, and a : before a password.")
    if "," in place:
        raise SettingsError(SEVERAL_HOSTS)
    found = _HOST.fullmatch(place)
    if found is None:
        raise SettingsError(UNREADABLE)
    return Anatomy(
        user=_decoded(user),
        password=_decoded(password),
        host=_decoded(found["address"] or found["name"] or ""),
        port=found["port"] or "",
        database=_decoded(path),
        pairs=tuple(_pairs(query)),
    )


SEVERAL_HOSTS: Final = (
    "Name one host: Shellback does not choose between several. "
    "Use the name or the address that your failover moves, or a pooler's."
)


def _pairs(query: str) -> list[tuple[str, str]]:
    found = []
    for pair in query.split("&") if query else ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise SettingsError("The options of the URL cannot be read: write ?name=value&name=value.")
        found.append((_decoded(name), _decoded(value)))
    return found


def _decoded(text: str) -> str:
    """Percent-encoding taken off; what is none is an error, as for libpq."""
    if _BARE_PERCENT.search(text):
        raise SettingsError(
            "The URL has a % that begins no %XX: write %25 for a % that belongs to a name or a password."
        )
    try:
        decoded = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise SettingsError("The URL has %XX in it that are not UTF-8.") from None
    if "\x00" in decoded:
        raise SettingsError("The URL has a NUL character (%00) in it.")
    return decoded
