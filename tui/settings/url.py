"""A database URL, taken apart and checked to the last option. Nothing is opened; a service's file is read.

    sqlite:///absolute/path        sqlite://relative/path
    postgres://user@host:5432/db   postgres://user@/db?host=/socket/directory

What the URL leaves out comes from the service that it names, else from the one of PGSERVICE, and then from the
environment, as for psql (`options.py` has the names).
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote

from tui.paths import expanded
from tui.settings.anatomy import SEVERAL_HOSTS, take_apart
from tui.settings.errors import SettingsError
from tui.settings.options import Given, number, of_environment, of_url, one_of, refuse, truth
from tui.settings.server import CONNECT_SECONDS, Server
from tui.settings.service import read_service
from tui.settings.sslmode import check_channel_binding, decide_negotiation, decide_sslmode, decide_version

Dialect = Literal["sqlite", "postgres"]

POSTGRES_SCHEMES: Final = ("postgres", "postgresql", "asyncpg")
DEFAULT_SOCKETS: Final = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - where libpq looks
TARGETS: Final = {
    "any": "any",
    "primary": "primary",
    "read-write": "primary",
    "standby": "standby",
    "read-only": "standby",
    "prefer-standby": "prefer-standby",
}
"""Shellback begins every session read-only itself, so that only being a standby tells servers apart."""
LONGEST_WAIT: Final = 60
OTHER_SCHEMES: Final = ("file", "http", "https", "mariadb", "mongodb", "mssql", "mysql", "oracle", "redis", "sqlite3")


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
    """Of the URL, the service or PGPASSWORD."""
    password_is_ambient: bool = False
    """Whether it was only lying in the environment: what a profile says of its own database goes first."""
    password_command: str | None = field(default=None, repr=False)
    insecure_tls: bool = False

    @property
    def identity(self) -> str:
        """What tells this database from others, without secrets: two ways to write one file's path are one."""
        if self.server is not None and self.server.is_socket and self.server.port != 5432:
            return f"{self.dialect}:{self.label}:{self.server.port}"
        return f"{self.dialect}:{self.path.resolve() if self.path else self.label}"

    def __str__(self) -> str:
        return self.label

    def with_command(self, command: str | None) -> DatabaseUrl:
        """The same with the command that prints its password, unless the URL or its service has one: PGPASSWORD, which
        may be meant for another server, gives way to what was written down for this one."""
        if not command or (self.password is not None and not self.password_is_ambient):
            return self
        return replace(self, password=None, password_is_ambient=False, password_command=command)


def parse_url(
    text: str,
    *,
    from_argv: bool = False,
    insecure_tls: bool = False,
    environment: Mapping[str, str] | None = None,
    form_only: bool = False,
) -> DatabaseUrl:
    """Takes a URL apart. `from_argv` refuses a password in it. `form_only` judges the text alone: no environment, no
    service, and weak TLS passes. Raises `SettingsError`, which never quotes a password."""
    environment = os.environ if environment is None else environment
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        raise SettingsError(
            "A database URL looks like sqlite:///absolute/path/file.sqlite3 or postgres://user@host:5432/database."
        )
    if scheme == "sqlite":
        return _sqlite(text.strip(), rest)
    if scheme in POSTGRES_SCHEMES:
        said = take_apart(rest)
        options = of_url(said.pairs, said.said)
        if said.password and from_argv:
            raise SettingsError(
                "A password on the command line can be read by everybody on this machine: put the URL into "
                "SHELLBACK_DATABASE_URL, or the password into ~/.pgpass or a profile's password_command."
            )
        if said.password:
            options["password"] = Given(said.password, "password")
        if not form_only:
            options = _completed(options, environment)
        return _postgres(text.strip(), options, insecure_tls or form_only)
    # What nobody's URL begins with may be the password of one that was turned around.
    named = f"{scheme}://" if scheme in OTHER_SCHEMES else "What stands before ://"
    raise SettingsError(f"{named} is not a database that Shellback speaks to: write sqlite:// or postgres://.")


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
    absolute = expanded(path).absolute()
    return DatabaseUrl("sqlite", str(absolute), text, path=absolute)


def _completed(options: dict[str, Given], environment: Mapping[str, str]) -> dict[str, Given]:
    """With what the service says of the rest, and then the environment."""
    ambient = of_environment(environment)
    service = options.get("service") or ambient.get("service")
    of_service = read_service(service, environment) if service is not None else {}
    found = {**ambient, **of_service, **options}
    if "sslcert" in found and found["sslcert"] is not ambient.get("sslcert") and "sslkey" in ambient:
        # A key of the environment belongs to the certificate of the environment.
        found = {name: given for name, given in found.items() if given is not ambient["sslkey"]}
    return found


def _postgres(text: str, found: Mapping[str, Given], insecure_tls: bool) -> DatabaseUrl:
    refuse(found)
    check_channel_binding(found.get("channel_binding"))

    def value(name: str) -> str | None:
        return found[name].value if name in found else None

    port = number(found["port"], 1, 65535) if "port" in found else 5432
    host = value("host") or _default_host(port)
    host = host if host.startswith("/") else host.lower()
    if "," in host:
        raise SettingsError(SEVERAL_HOSTS)
    user = value("user") or _login()
    sslmode = decide_sslmode(host, found.get("sslmode"), insecure_tls=insecure_tls)
    server = Server(
        host=host,
        port=port,
        user=user,
        database=value("dbname") or user,
        sslmode=sslmode,
        sslrootcert=value("sslrootcert"),
        sslcert=value("sslcert"),
        sslkey=value("sslkey"),
        sslcrl=value("sslcrl"),
        oldest_tls=decide_version(found.get("ssl_min_protocol_version")) or "TLSv1.2",
        newest_tls=decide_version(found.get("ssl_max_protocol_version")),
        direct_tls=decide_negotiation(found.get("sslnegotiation"), sslmode),
        passfile=value("passfile"),
        schema=value("schema"),
        options=value("options"),
        application_name=value("application_name") or "shellback",
        connect_timeout=(
            number(found["connect_timeout"], 1, LONGEST_WAIT) if "connect_timeout" in found else CONNECT_SECONDS
        ),
        target=TARGETS[one_of(found["target_session_attrs"], TARGETS)] if "target_session_attrs" in found else "any",
        maxsize=number(found["maxsize"], 1, 100) if "maxsize" in found else 5,
        statement_cache_size=number(found["statement_cache_size"], 0, 100_000)
        if "statement_cache_size" in found
        else None,
        pgbouncer=truth(found.get("pgbouncer")),
    )
    _check_together(server, found)
    password = found.get("password")
    return DatabaseUrl(
        "postgres",
        f"{user}@{server.database} ({host})" if server.is_socket else f"{user}@{server.place}/{server.database}",
        text,
        server=server,
        password=password.value if password is not None else None,
        password_is_ambient=password is not None and password.source == "PGPASSWORD",
        insecure_tls=insecure_tls,
    )


def _check_together(server: Server, found: Mapping[str, Given]) -> None:
    """What cannot be had at once. Raises `SettingsError`."""
    if server.newest_tls is not None and server.newest_tls < server.oldest_tls:
        raise SettingsError(f"No version of TLS is left between {server.oldest_tls} and {server.newest_tls}.")
    if server.pgbouncer:
        for name in ("schema", "options", "target_session_attrs"):
            if name in found and not (name == "target_session_attrs" and server.target == "any"):
                raise SettingsError(
                    f"{found[name]} does not go through a pooler, which keeps nothing of a session: "
                    "set it on the server (ALTER ROLE ... SET), or take pgbouncer=true out of the URL."
                )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise SettingsError("The URL names no user: write postgres://user@host:5432/database.") from None


def _default_host(port: int) -> str:
    """A socket if there is one, as psql does, else localhost."""
    return next((path for path in DEFAULT_SOCKETS if (Path(path) / f".s.PGSQL.{port}").exists()), "localhost")
