"""Why a database was not opened, as a sentence with the way on. Told by the error's type and code, not by its text."""

from __future__ import annotations

import errno
import socket
import sqlite3
import ssl
from typing import Any, Final

_BY_CODE: Final = {
    "28P01": "{place} refused the password of {user}, or none was given. Correct it where the project takes it from.",
    "28000": "{place} does not let {user} into {database}: there is no such role, or pg_hba.conf forbids it from here.",
    "3D000": "{place} has no database {database}. Check the name in the project's configuration.",
    "42501": "{user} may not connect to {database} on {place}.",
    "53300": "{place} has no connection left. Try again when one is free.",
    "57P03": "{place} is starting up or shutting down. Try again in a moment.",
    "08P01": "{place} is a pooler (PgBouncer?) that did not let this session in. "
    "Migrations need the server itself: give its own host and port.",
}


class BehindPooler(Exception):
    """What answers is no server but a pooler: it would give the lock, and what a file sets, to somebody else."""


def why_unreached(error: BaseException, client: Any) -> str | None:
    """The sentence; None for what is not known here. `client` is Tortoise's, for host, port, user and database."""
    if isinstance(error, sqlite3.Error):
        return _of_file(error, str(getattr(client, "filename", "")))
    host, port = str(getattr(client, "host", "") or ""), getattr(client, "port", None)
    if not host:
        return None
    place = host if host.startswith("/") else f"{host}:{port}"
    if told := _told(error, place) or _by_code(error, place, client):
        return told
    match error:
        case ssl.SSLCertVerificationError():
            return f"The certificate of {place} does not prove that it is {host}."
        case ssl.SSLError():
            return f"No encrypted connection could be made to {place}: its TLS does not fit the project's settings."
        case TimeoutError():
            return f"{place} did not answer in time. Check the network, and whether the server is overloaded."
        case socket.gaierror():
            return f"There is no host named {host}. Check the name in the project's configuration."
        case FileNotFoundError():
            return f"There is no PostgreSQL socket in {host} (port {port}). Is the server running?"
        case PermissionError():
            return f"You may not use the PostgreSQL socket in {host}."
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return f"There is no way to {host} from here. Check the network."
        case OSError():
            # Refused, or by each of the addresses of a name.
            return f"No PostgreSQL server answers at {place}. Is it running?"
    return None


def _by_code(error: BaseException, place: str, client: Any) -> str | None:
    sentence = _BY_CODE.get(str(getattr(error, "sqlstate", None)))
    if sentence is None:
        return None
    user, database = getattr(client, "user", ""), getattr(client, "database", "")
    return sentence.format(place=place, user=user or "the user", database=database)


def _told(error: BaseException, place: str) -> str | None:
    """Of what is ours and not the driver's: a pooler that was found, and a password that could not be had."""
    if isinstance(error, BehindPooler):
        return (
            f"{place} is a pooler (PgBouncer?), which hands a session's lock and settings to others. "
            "Migrations need the server itself: give its own host and port. Nothing was changed."
        )
    sentence = getattr(error, "sentence", None)
    return f"{place} was not asked. {sentence}" if isinstance(sentence, str) else None


def _of_file(error: sqlite3.Error, filename: str) -> str | None:
    match getattr(error, "sqlite_errorname", ""):
        case "SQLITE_NOTADB":
            return f"{filename} is not an SQLite database. Check the path in the project's configuration."
        case "SQLITE_CANTOPEN":
            return f"{filename} cannot be opened: you may not read it, or it is not a file."
        case "SQLITE_CORRUPT":
            return f"{filename} is damaged. Restore a copy of it."
    return None
