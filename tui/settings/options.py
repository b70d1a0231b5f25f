"""The options of a connection by libpq's names: which are taken, which are refused and why, and who said what.

No sentence quotes a value but one of a closed list: what stands in the wrong place may be a password.

An option comes from the URL, from a service (`service.py`) or from the environment; the first of these three wins, as
for psql. Pure.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tui.settings.errors import SettingsError

OF_LIBPQ: Final = (
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "options",
    "passfile",
    "port",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "user",
)
"""A URL and a service take these."""
OURS: Final = ("maxsize", "pgbouncer", "schema", "service", "statement_cache_size")
"""A URL takes these as well."""

VARIABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PGAPPNAME": "application_name",
        "PGCHANNELBINDING": "channel_binding",
        "PGCONNECT_TIMEOUT": "connect_timeout",
        "PGDATABASE": "dbname",
        "PGGSSENCMODE": "gssencmode",
        "PGHOST": "host",
        "PGHOSTADDR": "hostaddr",
        "PGOPTIONS": "options",
        "PGPASSFILE": "passfile",
        "PGPASSWORD": "password",
        "PGPORT": "port",
        "PGREQUIREAUTH": "require_auth",
        "PGREQUIREPEER": "requirepeer",
        "PGSERVICE": "service",
        "PGSSLCERT": "sslcert",
        "PGSSLCERTMODE": "sslcertmode",
        "PGSSLCRL": "sslcrl",
        "PGSSLCRLDIR": "sslcrldir",
        "PGSSLKEY": "sslkey",
        "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
        "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version",
        "PGSSLMODE": "sslmode",
        "PGSSLNEGOTIATION": "sslnegotiation",
        "PGSSLROOTCERT": "sslrootcert",
        "PGTARGETSESSIONATTRS": "target_session_attrs",
        "PGUSER": "user",
    }
)

REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gssencmode": "Shellback encrypts with TLS and not with GSSAPI",
        "hostaddr": "Shellback connects to the host by its name, which its certificate must prove: name it as host",
        "require_auth": "Shellback cannot hold the server to a way of asking for the password; verify-full proves it",
        "requirepeer": "Shellback does not look at who owns a socket",
        "sslcertmode": "Shellback sends the client certificate that sslcert names",
        "sslcrldir": "Shellback reads revoked certificates from one file: name it as sslcrl",
    }
)
"""What would change where or how one connects, and is not done."""
MEANS_NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"gssencmode": ("disable", "prefer"), "sslcertmode": ("allow",)}
)
"""Values of these that ask for nothing."""
OWN_WAY: Final = (
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslsni",
    "tcp_user_timeout",
)
"""Shellback does these its own way, which changes neither where nor how safely one connects: a service may name them
for other programs, a URL that is written for Shellback may not."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value, and how a sentence names the place that it comes from: `sslmode`, `PGSSLMODE`, `service x: sslmode`."""

    value: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        return self.source

    def told(self, values: Iterable[str]) -> str:
        """With its value, where that is one of these."""
        return f"{self.source}={self.value}" if self.value in values else self.source


def of_url(pairs: Iterable[tuple[str, str]], said: Mapping[str, str]) -> dict[str, Given]:
    """The options of a URL with what stands before them (`said`). Raises `SettingsError`."""
    found = {name: Given(value, name) for name, value in said.items()}
    for position, (given_name, value) in enumerate(pairs, start=1):
        name = "dbname" if given_name == "database" else given_name
        if name not in OF_LIBPQ and name not in OURS:
            raise SettingsError(f"{_named(name, position)} of the URL is unknown.{_hint(name)}")
        if not value:
            raise SettingsError(f"The URL gives {name} no value.")
        if name in found:
            raise SettingsError(f"The URL says {name} twice.")
        found[name] = Given(value, name)
    return found


def of_service(name: str, lines: Iterable[tuple[int, str, str]]) -> dict[str, Given]:
    """The options of a service's section, each with the number of its line. Raises `SettingsError`."""
    found: dict[str, Given] = {}
    for number_of_line, option, value in lines:
        if option in OWN_WAY:
            continue
        if option not in (*OF_LIBPQ, *REFUSED, "password"):
            raise SettingsError(f"The service {name} has an unknown option in line {number_of_line}.{_hint(option)}")
        if value:
            found.setdefault(option, Given(value, f"service {name}: {option}"))
    return found


def of_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    """What the variables of libpq say; one that is empty says nothing."""
    return {
        name: Given(environment[variable], variable)
        for variable, name in VARIABLES.items()
        if environment.get(variable)
    }


def refuse(found: Mapping[str, Given]) -> None:
    """Raise `SettingsError` for what is not done here and may not be passed over."""
    for name, why in REFUSED.items():
        given = found.get(name)
        if given is not None and given.value not in MEANS_NOTHING.get(name, ()):
            raise SettingsError(f"{given} is not followed: {why}. Remove it.")


def one_of(given: Given, values: Mapping[str, str] | tuple[str, ...]) -> str:
    """The value, if it is one of these. Raises `SettingsError` with the nearest one."""
    if given.value in values:
        return given.value
    near = difflib.get_close_matches(given.value, list(values), n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise SettingsError(f"{given} is not one of {', '.join(values)}.{hint}")


def number(given: Given, low: int, high: int) -> int:
    """The value as a whole number within these bounds. Raises `SettingsError`."""
    text = given.value
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise SettingsError(f"{given} is not a whole number.")
    if not low <= int(text) <= high:
        raise SettingsError(f"{given} is not between {low} and {high}.")
    return int(text)


def truth(given: Given | None) -> bool:
    """True or false, by these words; None is false. Raises `SettingsError`."""
    if given is not None and given.value not in ("true", "false"):
        raise SettingsError(f"{given} is neither true nor false.")
    return given is not None and given.value == "true"


def _named(option: str, position: int) -> str:
    """An option of the URL for a sentence: by its name where that is one of libpq's."""
    known = option in (*REFUSED, *OWN_WAY, "password", "sslpassword")
    return f"The option {option}" if known else f"Option {position}"


def _hint(name: str) -> str:
    if name in REFUSED:
        return f" {REFUSED[name]}."
    if name in OWN_WAY:
        return " Shellback does that its own way: remove it."
    if name == "password":
        return " A password goes into ~/.pgpass, or before the @ in SHELLBACK_DATABASE_URL."
    if name == "sslpassword":
        return " Shellback takes no passphrase: use a key without one, readable by you alone."
    near = difflib.get_close_matches(name, [*OF_LIBPQ, *OURS], n=1)
    return f" Did you mean {near[0]}?" if near else f" Known are {', '.join(sorted((*OF_LIBPQ, *OURS)))}."
