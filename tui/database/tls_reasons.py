"""Why no encrypted connection was made, told by OpenSSL's codes and never by its text. Pure."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.settings import Server

_BY_CODE: Final = {
    9: "The certificate of {place} is not valid yet. Check this machine's clock, then ask the server's administrator.",
    10: "The certificate of {place} has expired. Its administrator must renew it.",
    12: "The list of revoked certificates (sslcrl) has expired. Fetch the new one.",
    23: "The certificate of {place} was revoked. Do not connect; ask its administrator.",
    3: "The list of revoked certificates (sslcrl) is not of the authority that signed the certificate of {place}.",
    62: "The certificate of {place} does not prove that it is {host}: it has other names. Use the name that is in it.",
    64: "The certificate of {place} does not prove that it is {host}: it has other addresses. Use a name in it.",
}
"""Of `X509_V_ERR_...`."""
_UNKNOWN: Final = frozenset({2, 18, 19, 20, 21})
"""Signed by itself, or by an authority that nobody here vouches for."""
_OTHER_VERSION: Final = frozenset(
    {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "NO_PROTOCOLS_AVAILABLE"}
)
_CLIENT_REFUSED: Final = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_UNKNOWN_CA",
        "TLSV1_ALERT_DECRYPT_ERROR",
    }
)


def why_not_encrypted(server: Server, error: ssl.SSLError) -> str:
    """The sentence for an error of the handshake."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _not_proven(server, error.verify_code)
    if error.reason in _OTHER_VERSION:
        return (
            f"{server.place} speaks another version of TLS than ours: {server.oldest_tls} "
            f"{f'to {server.newest_tls}' if server.newest_tls else 'or newer'}."
        )
    if error.reason in _CLIENT_REFUSED:
        if server.sslcert:
            return f"{server.place} does not accept the client certificate {server.sslcert}. Ask its administrator."
        return f"{server.place} asks for a client certificate: name it with sslcert, and its key with sslkey."
    return f"No encrypted connection could be made to {server.place}: its TLS does not fit ours."


def _not_proven(server: Server, code: int) -> str:
    if code in _BY_CODE:
        return _BY_CODE[code].format(place=server.place, host=server.host)
    if code in _UNKNOWN:
        return (
            f"The certificate of {server.place} does not prove that it is {server.host}: "
            "no authority that is known here has signed it. Give its authority with sslrootcert."
        )
    return f"The certificate of {server.place} does not prove that it is {server.host} (OpenSSL's code {code})."
