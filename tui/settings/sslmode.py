"""How much of TLS a connection has, decided once: `verify-full` unless the packets stay on this machine. Pure."""

from __future__ import annotations

from typing import Final

from tui.settings.errors import SettingsError
from tui.settings.options import Given, one_of
from tui.settings.server import is_local

MODES: Final = ("disable", "require", "verify-ca", "verify-full")
FALL_BACK: Final = ("allow", "prefer")
"""libpq's own default is one of these; what they promise, anybody on the way can take away."""
TLS_VERSIONS: Final = ("TLSv1.2", "TLSv1.3")
BROKEN_TLS: Final = ("TLSv1", "TLSv1.1")


def decide_sslmode(host: str, given: Given | None, *, insecure_tls: bool) -> str:
    """One of MODES. Anything weaker than verify-full to another machine must be asked for twice: by its name, or by
    none, and with `--insecure-tls`. Raises `SettingsError`."""
    if given is None:
        if is_local(host):
            return "disable"
        return "require" if insecure_tls else "verify-full"
    if host.startswith("/") and given.source != "sslmode":
        one_of(given, (*MODES, *FALL_BACK))  # meant for other servers: libpq passes it over as well
        return "disable"
    if given.value in FALL_BACK:
        raise SettingsError(
            f"{given.told(FALL_BACK)} lets anybody on the way switch encryption off: write one of {', '.join(MODES)}."
        )
    mode = one_of(given, MODES)
    if host.startswith("/"):
        if mode != "disable":
            raise SettingsError(f"{given.told(MODES)} has no meaning on a socket of this machine: remove it.")
        return "disable"
    if mode != "verify-full" and not insecure_tls and not is_local(host):
        raise SettingsError(
            f"{given.told(MODES)} does not prove that the server is the one it claims to be: "
            "use verify-full, or start with --insecure-tls."
        )
    return mode


def decide_version(given: Given | None) -> str | None:
    """A bound of the protocol's version; None when nothing is said. Raises `SettingsError`."""
    if given is None:
        return None
    if given.value in BROKEN_TLS or given.value.upper().startswith("SSL"):
        raise SettingsError(
            f"{given.told(BROKEN_TLS)} is a protocol that can be broken: write {' or '.join(TLS_VERSIONS)}."
        )
    return one_of(given, TLS_VERSIONS)


def decide_negotiation(given: Given | None, sslmode: str) -> bool:
    """Whether TLS begins with the first byte (PostgreSQL 17). Raises `SettingsError`."""
    if given is None or one_of(given, ("postgres", "direct")) == "postgres":
        return False
    if sslmode == "disable":
        raise SettingsError(f"{given.told(('direct',))} needs an sslmode other than disable.")
    return True


def check_channel_binding(given: Given | None) -> None:
    """Raise `SettingsError` where it is required: asyncpg has none, and verify-full proves the server already."""
    if given is not None and one_of(given, ("disable", "prefer", "require")) == "require":
        raise SettingsError(
            f"{given.told(('require',))} is not followed: Shellback does not bind the password to the channel. "
            "sslmode=verify-full proves the server by its certificate; remove it."
        )
