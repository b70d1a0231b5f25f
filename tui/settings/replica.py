"""The URL of a read replica, judged by its form: the server itself is asked when the database is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.settings.errors import SettingsError
from tui.settings.url import POSTGRES_SCHEMES, DatabaseUrl, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.profiles import Profile


def replica_problem(url: str | None, read_url: str) -> str:
    """Return what is wrong with a replica beside a database, to stand behind its name; empty where there can be one."""
    schemes = [text.strip().partition("://")[0] for text in (url or "sqlite://", read_url)]
    if any(scheme not in POSTGRES_SCHEMES for scheme in schemes):
        return "is for PostgreSQL: an SQLite file has no replica"
    return ""


def replica_url(
    url: DatabaseUrl,
    text: str,
    profile: Profile,
    environment: Mapping[str, str],
    *,
    from_argv: bool = False,
) -> DatabaseUrl:
    """Return the replica's URL, checked as every URL is; what gives the primary's password gives the replica's, where
    its URL has none. Raises `SettingsError`."""
    try:
        parsed = parse_url(text, from_argv=from_argv, insecure_tls=url.insecure_tls, environment=environment)
    except SettingsError as error:
        raise SettingsError(f"The URL of the read replica: {error.sentence}") from None
    if url.server is None or parsed.server is None:
        raise SettingsError("A read replica is for PostgreSQL: an SQLite file has no replica.")
    if parsed.server.database != url.server.database or parsed.server.schema != url.server.schema:
        raise SettingsError(
            "The URL of the read replica names another database or schema than the primary's: lists would show "
            "somebody else's rows."
        )
    return parsed.with_command(profile.password_command)
