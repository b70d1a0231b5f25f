"""The configuration file: profiles, each a database and how to treat it. Read and checked; nothing is opened.

    default_profile = "staging"
    theme = "textual-dark"

    [profiles.production]
    url = "postgres://support@db1/app"
    password_command = "pass show app/support"
    production = true
    color = "red"

What stands outside a profile holds for all of them. Every mistake is an error that names the file, the line and the
key: a misspelt `read_onyl = true` must not open a database for writing.
"""

from __future__ import annotations

import difflib
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tui.paths import expanded
from tui.settings.errors import SettingsError
from tui.settings.foreign import refuse_foreign
from tui.settings.paths import config_dir
from tui.settings.replica import replica_problem
from tui.settings.reset_url import reset_url_problem
from tui.settings.url import parse_url

COLORS: Final = ("red", "orange", "yellow", "green", "cyan", "blue", "magenta", "grey")
LONGEST_IDLE: Final = 24 * 60 * 60
LONGEST_LAG: Final = 60 * 60


@dataclass(frozen=True, slots=True)
class Profile:
    """How to treat one database. `url` None is the embedded one."""

    name: str = ""
    url: str | None = field(default=None, repr=False)
    read_url: str | None = field(default=None, repr=False)
    """A streaming replica of the same database, which lists are read from; None reads them from the primary."""
    read_lag: int = 10
    """Seconds that the replica may be behind; beyond them lists are read from the primary."""
    password_command: str | None = field(default=None, repr=False)
    production: bool = False
    read_only: bool = False
    color: str | None = None
    project: str | None = None
    theme: str | None = None
    mouse: bool = True
    idle_lock: int = 300
    """Seconds without a key before the screen is locked; 0 is never."""
    mfa_key_file: str | None = None
    """The file with the key of authenticators; None is the environment's SHELLBACK_MFA_KEY."""
    audit_anchors: str | None = None
    """The file that the anchors of the audit are written to; None is one in the state directory."""
    audit_journal: bool = True
    """Whether the journal of the machine gets them too, where there is one."""
    reset_url: str = ""
    """Where a person redeems a one-time link, with `{token}` in it; empty: the bare token is given out."""
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Binding id -> key."""

    @property
    def mfa_key_path(self) -> Path | None:
        """The key file as a path, which need not exist."""
        return expanded(self.mfa_key_file) if self.mfa_key_file else None


@dataclass(frozen=True, slots=True)
class Settings:
    """The file, checked. `common` is the profile where none is chosen."""

    common: Profile = field(default_factory=Profile)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    default_profile: str | None = None

    def profile(self, name: str) -> Profile:
        """Raises `SettingsError` for a name that the file does not have."""
        if name not in self.profiles:
            have = ", ".join(sorted(self.profiles)) or "none"
            raise SettingsError(f"There is no profile {name!a}. There is: {have}.")
        return self.profiles[name]


KINDS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "url": str,
        "read_url": str,
        "read_lag": int,
        "password_command": str,
        "production": bool,
        "read_only": bool,
        "color": str,
        "project": str,
        "theme": str,
        "mouse": bool,
        "idle_lock": int,
        "mfa_key_file": str,
        "audit_anchors": str,
        "audit_journal": bool,
        "reset_url": str,
        "keys": dict,
    }
)
WORDS: Final = {str: "a text in quotes", bool: "true or false", int: "a whole number", dict: "a table"}
ONLY_IN_PROFILES: Final = (
    "url",
    "read_url",
    "password_command",
    "production",
    "read_only",
    "color",
    "project",
    "mfa_key_file",
    "audit_anchors",
)
COMMON: Final = tuple(name for name in KINDS if name not in ONLY_IN_PROFILES)


def load_settings(path: Path | None = None) -> Settings:
    """Reads `config.toml`; a file that is not there is no settings. Raises `SettingsError`."""
    path = path or config_dir() / "config.toml"
    for place in (path, path.parent):
        refuse_foreign(place, "which names the programs that are run for passwords")
    try:
        text = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as UTF-8 text.") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    settings = _File(path, text).settings(table)
    if stat.S_IMODE(mode) & 0o077 and any(_holds_secret(profile) for profile in settings.profiles.values()):
        raise SettingsError(f"{path} holds a password and can be read by others: run chmod 600 {path}.")
    return settings


def _holds_secret(profile: Profile) -> bool:
    urls = [url for url in (profile.url, profile.read_url) if url is not None]
    return any(parse_url(url, form_only=True).password is not None for url in urls)


def _misfit(value: object, kind: type) -> str:
    """What is wrong with a value of this kind, as the end of a sentence; "" where nothing is."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return f"must be {WORDS[kind]}"
    return "holds a NUL character" if isinstance(value, str) and "\0" in value else ""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    text: str

    def settings(self, table: dict[str, Any]) -> Settings:
        self._known(table, ("default_profile", "profiles", *COMMON), ())
        common = self._profile({name: table[name] for name in COMMON if name in table}, Profile(), ())
        listed = table.get("profiles", {})
        if not isinstance(listed, dict) or not all(isinstance(entry, dict) for entry in listed.values()):
            raise self._error((), "profiles", "is a table of tables: write [profiles.name]")
        profiles = {
            name: self._profile(entry, replace(common, name=name), ("profiles", name)) for name, entry in listed.items()
        }
        chosen = table.get("default_profile")
        if chosen is not None and chosen not in profiles:
            raise self._error((), "default_profile", f"names no profile of this file: {chosen!a}")
        return Settings(common, MappingProxyType(profiles), chosen)

    def _profile(self, entry: dict[str, Any], base: Profile, section: tuple[str, ...]) -> Profile:
        self._known(entry, tuple(KINDS), section)
        values: dict[str, Any] = {}
        for name, value in entry.items():
            if problem := _misfit(value, KINDS[name]):
                raise self._error(section, name, problem)
            values[name] = value
        if "color" in values and values["color"] not in COLORS:
            raise self._error(section, "color", f"is one of {', '.join(COLORS)}")
        if not 0 <= values.get("idle_lock", 0) <= LONGEST_IDLE:
            raise self._error(section, "idle_lock", f"is a number of seconds up to {LONGEST_IDLE}; 0 is never")
        if not 0 <= values.get("read_lag", 0) <= LONGEST_LAG:
            raise self._error(section, "read_lag", f"is a number of seconds up to {LONGEST_LAG}")
        if values.get("reset_url"):
            problem = reset_url_problem(values["reset_url"])
            if problem:
                raise self._error(section, "reset_url", problem)
        for name in ("url", "read_url"):
            if name in values:
                self._check_url(name, values[name], section)
        if "read_url" in values and (problem := replica_problem(values.get("url"), values["read_url"])):
            raise self._error(section, "read_url", problem)
        if "keys" in values:
            values["keys"] = MappingProxyType({**base.keys, **self._keys(values["keys"], (*section, "keys"))})
        return replace(base, **values)

    def _check_url(self, name: str, url: str, section: tuple[str, ...]) -> None:
        try:
            # Whether weak TLS is allowed is said on the command line; here only the URL's form is judged.
            parse_url(url, form_only=True)
        except SettingsError as error:
            raise self._error(section, name, f"cannot be followed. {error.sentence.rstrip('.')}") from None

    def _keys(self, table: dict[str, Any], section: tuple[str, ...]) -> dict[str, str]:
        from tui.keys import KEYS  # only for a file that remaps keys

        self._known(table, tuple(KEYS), section)
        for name, key in table.items():
            if not isinstance(key, str) or not key:
                raise self._error(section, name, 'must be a key in quotes, such as "ctrl+e"')
        return dict(table)

    def _known(self, table: Mapping[str, Any], names: tuple[str, ...], section: tuple[str, ...]) -> None:
        for name in table:
            if name in names:
                continue
            if name in ONLY_IN_PROFILES:
                raise self._error(section, name, "belongs into a profile")
            near = difflib.get_close_matches(name, names, n=1)
            raise self._error(section, name, f"is not a setting.{f' Did you mean {near[0]}?' if near else ''}")

    def _error(self, section: tuple[str, ...], key: str, what: str) -> SettingsError:
        line = _line_of(self.text, section, key)
        dotted = ".".join((*section, key))
        end = "" if what.endswith(("?", ".")) else "."
        return SettingsError(f"{self.path}{f', line {line}' if line else ''}: {dotted} {what}{end}")


def _line_of(text: str, section: tuple[str, ...], key: str) -> int | None:
    """The line of a key, found by its text: tomllib does not tell. None when it is written in a way of its own."""
    here: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            here = tuple(part.strip().strip("\"'") for part in header.group(1).split("."))
            if here == (*section, key):
                return number
        elif here == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return None
