"""A database URL, taken apart and checked to the last option. Pure: nothing is opened, no file is read.

    sqlite:///absolute/path        sqlite://relative/path
    postgres://user@host:5432/db   postgres://user@/db?host=/socket/directory

What the URL leaves out comes from the environment as for psql: PGHOST, PGPORT, PGUSER, PGDATABASE, PGSSLMODE,
PGSSLROOTCERT, PGSSLCERT, PGSSLKEY, PGPASSFILE, and PGPASSWORD.
"""

from __future__ import annotations

import difflib
import getpass
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tui.settings.errors import SettingsError

Dialect = Literal["sqlite", "postgres"]

POSTGRES_SCHEMES: Final = ("postgres", "postgresql", "asyncpg")
TLS_MODES: Final = ("disable", "require", "verify-ca", "verify-full")
POSTGRES_OPTIONS: Final = (
    "application_name",
    "host",
    "maxsize",
    "passfile",
    "pgbouncer",
    "port",
    "schema",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement_cache_size",
)
DEFAULT_SOCKETS: Final = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - where libpq looks


@dataclass(frozen=True, slots=True)
class Server:
    """Where a PostgreSQL database is, and how to speak to it. `host` beginning with / is a socket's directory."""

    host: str
    port: int
    user: str
    database: str
    sslmode: str
    sslrootcert: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    passfile: str | None = None
    schema: str | None = None
    application_name: str = "shellback"
    maxsize: int = 5
    statement_cache_size: int | None = None
    pgbouncer: bool = False

    @property
    def is_local(self) -> bool:
        return is_local(self.host)


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A checked URL. `path` is set for SQLite, `server` for PostgreSQL; `text` and `password` stay out of the repr."""

    dialect: Dialect
    label: str
    """For people: `app@db1:5432/app`, or the file's path. No secrets."""
    text: str = field(repr=False)
    path: Path | None = None
    server: Server | None = None
    password: str | None = field(default=None, repr=False)
    password_command: str | None = field(default=None, repr=False)
    insecure_tls: bool = False

    @property
    def identity(self) -> str:
        """What tells this database from others, without secrets: two ways to write one file's path are one."""
        return f"{self.dialect}:{self.path.resolve() if self.path else self.label}"

    def __str__(self) -> str:
        return self.label


def parse_url(
    text: str,
    *,
    from_argv: bool = False,
    insecure_tls: bool = False,
    environment: Mapping[str, str] | None = None,
) -> DatabaseUrl:
    """Takes a URL apart. `from_argv` refuses a password in it. Raises `SettingsError`, which never quotes one."""
    environment = os.environ if environment is None else environment
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        raise SettingsError(
            "A database URL looks like sqlite:///absolute/path/file.sqlite3 or postgres://user@host:5432/database."
        )
    if scheme == "sqlite":
        return _sqlite(text.strip(), rest)
    if scheme in POSTGRES_SCHEMES:
        return _postgres(text.strip(), from_argv, insecure_tls, environment)
    raise SettingsError(
        f"{_shown(scheme)}:// is not a database that Shellback speaks to: write sqlite:// or postgres://."
    )


def is_local(host: str) -> bool:
    """Whether packets to this host stay on this machine: a socket, localhost or a loopback address."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _sqlite(text: str, rest: str) -> DatabaseUrl:
    path, mark, _ = rest.partition("?")
    if mark:
        raise SettingsError(
            "An SQLite URL takes no options: remove everything from the question mark on (or write %3F)."
        )
    path = unquote(path)
    if not path or path.endswith("/"):
        raise SettingsError("The URL names no SQLite file: write sqlite:///absolute/path/file.sqlite3.")
    if path.startswith(":memory:"):
        raise SettingsError("A database in memory is gone when Shellback ends: name a file.")
    if "\x00" in path:
        raise SettingsError("The path of the SQLite file holds a NUL character.")
    if path.startswith("//"):  # as other libraries write an absolute path; to POSIX two slashes are something else
        path = "/" + path.lstrip("/")
    absolute = Path(path).expanduser().absolute()
    return DatabaseUrl("sqlite", str(absolute), text, path=absolute)


def _postgres(text: str, from_argv: bool, insecure_tls: bool, environment: Mapping[str, str]) -> DatabaseUrl:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SettingsError(
            "The host or the port of the URL cannot be read: write postgres://user@host:5432/db."
        ) from None
    if parts.fragment:
        raise SettingsError("The URL has a # in it: write %23 for one that belongs to a name.")
    options = _options(parts)
    password = unquote(parts.password) if parts.password else None
    if password and from_argv:
        raise SettingsError(
            "A password on the command line can be read by everybody on this machine: put the URL into "
            "SHELLBACK_DATABASE_URL, or the password into ~/.pgpass or a profile's password_command."
        )
    host = options.get("host") or unquote(parts.hostname or "") or environment.get("PGHOST") or _default_host()
    if "," in host:
        raise SettingsError("Name one host: Shellback does not choose between several.")
    user = unquote(parts.username or "") or environment.get("PGUSER") or getpass.getuser()
    server = Server(
        host=host,
        port=_number("port", options.get("port") or port or environment.get("PGPORT") or 5432, 1, 65535),
        user=user,
        database=unquote(parts.path.removeprefix("/")) or environment.get("PGDATABASE") or user,
        sslmode=_sslmode(host, options.get("sslmode") or environment.get("PGSSLMODE"), insecure_tls),
        sslrootcert=options.get("sslrootcert") or environment.get("PGSSLROOTCERT"),
        sslcert=options.get("sslcert") or environment.get("PGSSLCERT"),
        sslkey=options.get("sslkey") or environment.get("PGSSLKEY"),
        passfile=options.get("passfile") or environment.get("PGPASSFILE"),
        schema=options.get("schema"),
        application_name=options.get("application_name", "shellback"),
        maxsize=_number("maxsize", options.get("maxsize", 5), 1, 100),
        statement_cache_size=(
            _number("statement_cache_size", options["statement_cache_size"], 0, 100_000)
            if "statement_cache_size" in options
            else None
        ),
        pgbouncer=_truth("pgbouncer", options.get("pgbouncer", "false")),
    )
    place = server.host if server.host.startswith("/") else f"{_bracketed(server.host)}:{server.port}"
    return DatabaseUrl(
        "postgres",
        f"{server.user}@{place}/{server.database}" if place[0] != "/" else f"{server.user}@{server.database} ({place})",
        text,
        server=server,
        password=password or environment.get("PGPASSWORD") or None,
        insecure_tls=insecure_tls,
    )


def _options(parts: SplitResult) -> dict[str, str]:
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
    except ValueError:
        raise SettingsError("The options of the URL cannot be read: write ?name=value&name=value.") from None
    options: dict[str, str] = {}
    for name, value in pairs:
        if name not in POSTGRES_OPTIONS:
            near = difflib.get_close_matches(name, POSTGRES_OPTIONS, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known are {', '.join(POSTGRES_OPTIONS)}."
            if name == "password":
                hint = " A password goes into ~/.pgpass, or before the @ in SHELLBACK_DATABASE_URL."
            raise SettingsError(f"The URL has an unknown option {_shown(name)}.{hint}")
        if name in options:
            raise SettingsError(f"The URL says {name} twice.")
        if not value:
            raise SettingsError(f"The URL gives {name} no value.")
        options[name] = value
    return options


def _sslmode(host: str, mode: str | None, insecure_tls: bool) -> str:
    """verify-full unless the packets stay on this machine; anything weaker elsewhere must be asked for twice."""
    if mode is None:
        if is_local(host):
            return "disable"
        return "require" if insecure_tls else "verify-full"
    if mode in ("allow", "prefer"):
        raise SettingsError(
            f"sslmode={mode} lets anybody on the way switch encryption off: write one of {', '.join(TLS_MODES)}."
        )
    if mode not in TLS_MODES:
        near = difflib.get_close_matches(mode, TLS_MODES, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(f"sslmode={_shown(mode)} is not one of {', '.join(TLS_MODES)}.{hint}")
    if host.startswith("/") and mode != "disable":
        raise SettingsError(f"sslmode={mode} has no meaning on a socket of this machine: remove it.")
    if mode != "verify-full" and not insecure_tls and not is_local(host):
        raise SettingsError(
            f"sslmode={mode} does not prove that {_shown(host)} is the server it claims to be: "
            "use verify-full, or start with --insecure-tls."
        )
    return mode


def _default_host() -> str:
    """A socket if there is one, as psql does, else localhost."""
    return next((path for path in DEFAULT_SOCKETS if (Path(path) / ".s.PGSQL.5432").exists()), "localhost")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _number(name: str, value: str | int, low: int, high: int) -> int:
    try:
        number = int(value)
    except ValueError:
        raise SettingsError(f"{name}={_shown(str(value))} is not a whole number.") from None
    if not low <= number <= high:
        raise SettingsError(f"{name}={number} is not between {low} and {high}.")
    return number


def _truth(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise SettingsError(f"{name}={_shown(value)} is neither true nor false.")
    return value == "true"


def _shown(text: str) -> str:
    """A stranger's text in a sentence: short, quoted, no control characters."""
    return ascii(text[:60])
