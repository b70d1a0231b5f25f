"""What tests of settings read with."""

from collections.abc import Mapping

from tui.settings import DatabaseUrl, Server, parse_url

NOTHING: dict[str, str] = {}


def server_of(url: DatabaseUrl) -> Server:
    assert url.server is not None
    return url.server


def server(text: str, environment: Mapping[str, str] = NOTHING, *, insecure_tls: bool = False, **more: str) -> Server:
    """The server of a URL that was read with this environment and no other."""
    return server_of(parse_url(text, insecure_tls=insecure_tls, environment={**environment, **more}))
