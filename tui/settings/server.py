"""A PostgreSQL server and how to speak to it: the values that are left when a URL, a service and the environment have
been read and checked. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final, Literal

CONNECT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Server:
    """Where a PostgreSQL database is, and how to speak to it. `host` beginning with / is a socket's directory."""

    host: str
    port: int
    user: str
    database: str
    sslmode: str
    """disable, require, verify-ca or verify-full."""
    sslrootcert: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    sslcrl: str | None = None
    oldest_tls: str = "TLSv1.2"
    newest_tls: str | None = None
    direct_tls: bool = False
    passfile: str | None = None
    schema: str | None = None
    options: str | None = None
    """Settings of the session as the server's command line takes them: `-c name=value`."""
    application_name: str = "shellback"
    connect_timeout: int = CONNECT_SECONDS
    """Seconds."""
    target: str = "any"
    """Which kind of server will do: any, primary, standby or prefer-standby."""
    maxsize: int = 5
    statement_cache_size: int | None = None
    pgbouncer: bool = False

    @property
    def is_local(self) -> bool:
        return is_local(self.host)

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    @property
    def place(self) -> str:
        """For sentences: the directory of the socket, or host and port."""
        return self.host if self.is_socket else f"{bracketed(self.host)}:{self.port}"

    @property
    def verifies(self) -> Literal["name", "authority", "nothing"]:
        """What of the server's certificate is checked. As for libpq `require` checks more where roots were named."""
        if self.sslmode == "verify-full":
            return "name"
        if self.sslmode == "verify-ca" or (self.sslmode == "require" and self.sslrootcert not in (None, "system")):
            return "authority"
        return "nothing"

    @property
    def exposed(self) -> str:
        """What somebody on the way to the server could do, as a sentence; "" when nothing."""
        if self.is_local or self.sslmode == "verify-full":
            return ""
        if self.sslmode == "disable":
            return f"Not encrypted: passwords and rows travel to {self.host} in plain text."
        return f"Another server could pose as {self.host}: its name is not checked."


def is_local(host: str) -> bool:
    """Whether packets to this host stay on this machine: a socket, localhost or a loopback address."""
    if host.startswith("/") or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """A host before its port, as a URL writes it."""
    return f"[{host}]" if ":" in host else host
