"""The TLS context of a connection. asyncpg always gets one from here: what it makes of a string is weaker.

(Tortoise 1.1.9 turns `?ssl=false` into true, and asyncpg's "prefer" falls back to plain text without a word.)

Not `ssl.create_default_context`: that writes the keys of every connection to the file that SSLKEYLOGFILE names, and
differs between versions of Python in which certificates it takes.
"""

from __future__ import annotations

import os
import ssl
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tui.paths import exists, expanded
from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from tui.settings.server import Server

HOME: Final = "~/.postgresql"
"""Where libpq looks for what no option names: root.crt, root.crl, postgresql.crt and postgresql.key."""


def context_for(server: Server) -> ssl.SSLContext | Literal[False]:
    """The context that the server's `sslmode` asks for; False for no TLS. Raises `SettingsError` for a file that cannot
    be used, or a key that others can read.

    The roots are those of `sslrootcert`, else `~/.postgresql/root.crt` if it is there, else the system's. As for libpq
    `require` checks the certificate where its roots were named.
    """
    if server.sslmode == "disable":
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion[server.oldest_tls.replace(".", "_")]
    if server.newest_tls is not None:
        context.maximum_version = ssl.TLSVersion[server.newest_tls.replace(".", "_")]
    context.set_alpn_protocols(["postgresql"])
    context.check_hostname = server.verifies == "name"
    if server.verifies == "nothing":
        context.verify_mode = ssl.CERT_NONE
    else:
        _trust(context, server)
    _identify(context, server)
    return context


def _trust(context: ssl.SSLContext, server: Server) -> None:
    """Whom to believe, and which certificates were revoked."""
    roots = None if server.sslrootcert == "system" else _chosen(server.sslrootcert, "root.crt")
    if roots is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        _load(context, roots, "root certificates", "sslrootcert")
        if not context.get_ca_certs():
            raise SettingsError(f"The file {roots} (sslrootcert) has no certificate of an authority in it.")
    revoked = _chosen(server.sslcrl, "root.crl")
    if revoked is not None:
        _load(context, revoked, "revoked certificates", "sslcrl")
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN


def _load(context: ssl.SSLContext, path: Path, what: str, option: str) -> None:
    _readable(path, option)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError):
        raise SettingsError(f"The file {path} ({option}) holds no {what} in the PEM format.") from None


def _identify(context: ssl.SSLContext, server: Server) -> None:
    """The client's own certificate, where there is one."""
    certificate = _chosen(server.sslcert, "postgresql.crt")
    if certificate is None:
        if server.sslkey:
            raise SettingsError("sslkey names a key, but no sslcert names its certificate.")
        return
    key = _chosen(server.sslkey, "postgresql.key")
    _readable(certificate, "sslcert")
    if key is not None:
        _check_key(key)
    passphrase = _Passphrase()
    try:
        context.load_cert_chain(certificate, key, password=passphrase)
    except (OSError, ssl.SSLError):
        if passphrase.was_asked:
            raise SettingsError(
                f"The key {key or certificate} is encrypted, and Shellback asks for no passphrase: "
                "use a key without one, readable by you alone."
            ) from None
        raise SettingsError(
            f"The client certificate {certificate} (sslcert) and the key {key or certificate} (sslkey) cannot be used: "
            "one of them is not in the PEM format, or they do not belong together."
        ) from None


def _check_key(key: Path) -> None:
    """As libpq: yours alone, or root's and readable by its group."""
    found = _readable(key, "sslkey")
    allowed = 0o640 if found.st_uid == 0 and os.geteuid() != 0 else 0o600
    if not stat.S_ISREG(found.st_mode):
        raise SettingsError(f"The key {key} (sslkey) is not a regular file.")
    if stat.S_IMODE(found.st_mode) & ~allowed & 0o077:
        raise SettingsError(f"The key {key} (sslkey) can be read by others: run chmod 600 {key}.")


def _chosen(named: str | None, default: str) -> Path | None:
    """The file that was named, else libpq's own if it is there."""
    if named:
        return expanded(named)
    path = expanded(HOME) / default
    return path if path.exists() else None


def _readable(path: Path, option: str) -> os.stat_result:
    try:
        with path.open("rb") as file:
            file.read(1)
        return path.stat()
    except FileNotFoundError:
        raise SettingsError(f"There is no file where {option} says.") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        # What is no file may be anything that was typed in its place, also a password.
        named = f"The file {path} ({option})" if exists(path) else f"The file of {option}"
        raise SettingsError(f"{named} cannot be read: {reason}.") from None


class _Passphrase:
    """In place of OpenSSL's own question, which would stand on the terminal under the interface."""

    def __init__(self) -> None:
        self.was_asked = False

    def __call__(self) -> str:
        self.was_asked = True
        return ""
