"""Which database: the first of command line, profile, environment, default profile, the embedded file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from tui.settings.errors import SettingsError
from tui.settings.paths import default_database
from tui.settings.profiles import Profile, Settings
from tui.settings.replica import replica_url
from tui.settings.url import DatabaseUrl, parse_url


@dataclass(frozen=True, slots=True)
class Choice:
    """The database to open, and how to treat it. Only the embedded one is made when it is not there."""

    url: DatabaseUrl
    profile: Profile
    embedded: bool
    read_url: DatabaseUrl | None = None
    """The replica that lists are read from, if one was named."""
    from_environment: bool = False
    """SHELLBACK_DATABASE_URL named the database."""


def choose(
    settings: Settings,
    *,
    url: str | None = None,
    profile: str | None = None,
    read_url: str | None = None,
    insecure_tls: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Choice:
    """`url`, `profile` and `read_url` are the command line's. Raises `SettingsError`, also for the first two at once.

    A replica is named where its database is: in its profile, or in SHELLBACK_READ_URL beside SHELLBACK_DATABASE_URL.
    """
    environment = os.environ if environment is None else environment
    chosen = _primary(settings, url, profile, insecure_tls, environment)
    named = chosen.profile.read_url
    if chosen.from_environment:
        named = environment.get("SHELLBACK_READ_URL") or None
    text = read_url or named
    if text is None:
        return chosen
    replica = replica_url(chosen.url, text, chosen.profile, environment, from_argv=read_url is not None)
    return replace(chosen, read_url=replica)


def _primary(
    settings: Settings, url: str | None, profile: str | None, insecure_tls: bool, environment: Mapping[str, str]
) -> Choice:
    if url and profile:
        raise SettingsError("Give a database URL or a profile, not both.")
    if url:
        parsed = parse_url(url, from_argv=True, insecure_tls=insecure_tls, environment=environment)
        return Choice(parsed, settings.common, embedded=False)
    if profile:
        return _of_profile(settings.profile(profile), insecure_tls, environment)
    from_environment = environment.get("SHELLBACK_DATABASE_URL")
    if from_environment:
        parsed = parse_url(from_environment, insecure_tls=insecure_tls, environment=environment)
        return Choice(parsed, settings.common, embedded=False, from_environment=True)
    if settings.default_profile:
        return _of_profile(settings.profile(settings.default_profile), insecure_tls, environment)
    return Choice(embedded_url(), settings.common, embedded=True)


def embedded_url() -> DatabaseUrl:
    """The SQLite database under the user's data directory."""
    return parse_url(f"sqlite://{quote(str(default_database()))}")


def _of_profile(profile: Profile, insecure_tls: bool, environment: Mapping[str, str]) -> Choice:
    if profile.url is None:
        return Choice(embedded_url(), profile, embedded=True)
    parsed = parse_url(profile.url, insecure_tls=insecure_tls, environment=environment)
    return Choice(parsed.with_command(profile.password_command), profile, embedded=False)
