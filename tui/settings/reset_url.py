"""The template of a one-time link: `https://app.example/reset?token={token}`. Judged, never opened."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

PLACE: Final = "{token}"
LONGEST: Final = 2000
"""Characters: what every browser and mail program takes."""


def reset_url_problem(template: str) -> str:
    """Return what is wrong with the template, to stand behind its name; empty where it can be used.

    A link opens an account: https, unless the host is this machine, and the token in the path, the query or the
    fragment, where it is sent to that host only.
    """
    if template.count(PLACE) != 1 or "{" in template.replace(PLACE, "") or "}" in template.replace(PLACE, ""):
        return "must hold {token} exactly once, and no other braces"
    if (
        len(template) > LONGEST
        or not template.isascii()
        or any(not one.isprintable() or one == " " for one in template)
    ):
        return f"must be a URL of at most {LONGEST} ASCII characters, without spaces"
    try:
        parts = urlsplit(template)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in {"https", "http"} or not host:
        return "must be a whole URL, such as https://app.example/reset?token={token}"
    if PLACE in parts.netloc:
        return "must hold {token} behind the host"
    if "@" in parts.netloc:
        return "must not hold a user or a password"
    if parts.scheme == "http" and not _is_local(host):
        return "must begin with https:// unless its host is this machine"
    return ""


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
