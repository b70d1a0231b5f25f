"""Why a database was not opened, told with its label and with what to do. Pure.

The reason is read from the driver's error by its type and its code, never from its text.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING, Final

import asyncpg

from models.engines.errors import DatabaseError
from tui.database.errors import OpenError
from tui.database.tls_reasons import why_not_encrypted

if TYPE_CHECKING:
    from tui.settings import DatabaseUrl, Server

NO_TLS: Final = "rejected SSL upgrade"
"""asyncpg's own words for the one letter of a server without TLS: no type and no code tells."""


def why_not_opened(url: DatabaseUrl, error: DatabaseError) -> OpenError:
    """The error to show instead of the engine's."""
    sentence = _of_server(url.server, error) if url.server is not None else _of_file(url, error)
    return OpenError(sentence, code=error.code)


def _of_file(url: DatabaseUrl, error: DatabaseError) -> str:
    if error.code == "SQLITE_NOTADB":
        return f"{url.label} is not an SQLite database. Check the path."
    if url.path is not None and (error.code or "").startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return (
            f"{url.label} was not opened: SQLite has to keep files beside it (-wal, -shm), and may not write to "
            f"{url.path.parent}. Copy it to a directory of yours, with its -wal if there is one, and open the copy."
        )
    return f"{url.label} was not opened. {error.sentence}"


def _of_server(server: Server, error: DatabaseError) -> str:
    place = server.place
    match error.code:
        case "28P01":
            return (
                f"{place} refused the password of {server.user}, or none was given. "
                "Put it into ~/.pgpass, PGPASSWORD or a profile's password_command."
            )
        case "28000":
            return (
                f"{place} does not let {server.user} into {server.database} from this machine (pg_hba.conf)."
                f"{_perhaps(server)}"
            )
        case "3D000":
            return f"{place} has no database {server.database}. Check the name in the URL."
        case "08P01" if "," in server.user:
            return (
                f"{place} did not understand who signs in: {server.user} has a comma in its name, which the driver "
                "cannot send with a password (SCRAM). Use a role without one."
            )
        case "08003" if server.sslcert:
            return (
                f"{place} ended the connection while it was opened: it may not accept the client certificate "
                f"{server.sslcert}. Look into the server's log."
            )
        case "08003":
            return f"{place} ended the connection while it was opened. Look into the server's log."
        case "no password":
            return f"{place} was not asked. {error.sentence}"
        case None:
            return _of_network(server, place, error)
    if error.code.startswith("pooler-"):
        return f"{place} was not opened. {error.sentence}"
    return f"{place} answers, but {server.database} was not opened. {error.sentence}"


def _perhaps(server: Server) -> str:
    """What a server may miss that says only that it lets nobody in."""
    if server.is_socket:
        return ""
    if server.sslmode == "disable":
        return " If it asks for encryption: add sslmode=verify-full."
    return "" if server.sslcert else " If it asks for a client certificate: name it with sslcert and sslkey."


def _of_network(server: Server, place: str, error: DatabaseError) -> str:
    match _driver_error(error):
        case ssl.SSLError() as refused:
            return why_not_encrypted(server, refused)
        case asyncpg.TargetServerAttributeNotMatched():
            return f"{place} is no {server.target} server, which target_session_attrs asks for."
        case TimeoutError():
            return f"{place} did not answer in time. Check the network, and whether the server is overloaded."
        case socket.gaierror():
            return f"There is no host named {server.host}. Check the name in the URL."
        case FileNotFoundError():
            return f"There is no PostgreSQL socket in {server.host} (port {server.port}). Is the server running?"
        case PermissionError():
            return f"You may not use the PostgreSQL socket in {server.host}."
        case ConnectionRefusedError():
            return f"No PostgreSQL server answers at {place}. Is it running?"
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return f"There is no way to {server.host} from here. Check the network."
        case ConnectionError() as ended if server.sslmode != "disable":
            if NO_TLS in str(ended):
                return (
                    f"{place} offers no TLS, and nothing was sent to it in plain text. Switch TLS on at the server, or "
                    "reach it by a tunnel to this machine."
                )
            return f"{place} ended the connection before it was encrypted. Look into the server's log."
        case OSError():
            return f"No PostgreSQL server answers at {place}. Is it running?"
    return f"{place} was not opened. {error.sentence}"


def _driver_error(error: BaseException) -> BaseException:
    """The first error below ours."""
    while isinstance(error, DatabaseError) and error.__cause__ is not None:
        error = error.__cause__
    return error
