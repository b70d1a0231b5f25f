"""The TLS context of a connection. asyncpg always gets one from here: what it makes of a string is weaker.

(Tortoise 1.1.9 turns `?ssl=false` into true, and asyncpg's "prefer" falls back to plain text without a word.)
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from tui.settings.url import Server


def context_for(server: Server) -> ssl.SSLContext | Literal[False]:
    """The context that the server's `sslmode` asks for; False for no TLS. Raises `SettingsError` for a certificate or
    key that cannot be read.

    The roots are those of `sslrootcert`, else `~/.postgresql/root.crt` if it is there, else the system's.
    """
    if server.sslmode == "disable":
        return False
    context = ssl.create_default_context(cafile=_roots(server))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.sslmode != "verify-full":
        context.check_hostname = False
    if server.sslmode == "require":
        context.verify_mode = ssl.CERT_NONE
    if server.sslcert:
        try:
            context.load_cert_chain(server.sslcert, server.sslkey, password=_no_passphrase)
        except (OSError, ssl.SSLError):
            raise SettingsError(f"The client certificate {server.sslcert} or its key cannot be used.") from None
    return context


def _roots(server: Server) -> str | None:
    if server.sslrootcert == "system":
        return None
    chosen = server.sslrootcert or str(Path("~/.postgresql/root.crt").expanduser())
    if not server.sslrootcert and not Path(chosen).exists():
        return None
    try:
        ssl.create_default_context(cafile=chosen)
    except (OSError, ssl.SSLError):
        raise SettingsError(f"The root certificates {chosen} cannot be read.") from None
    return chosen


def _no_passphrase() -> str:
    """Without this OpenSSL would ask on the terminal, under the interface."""
    return ""
