"""Services: connections by name in a file that psql and Shellback share (`PGSERVICE`, `service=` in a URL)."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui.paths import exists, expanded
from tui.settings.errors import SettingsError
from tui.settings.options import Given, of_service


def read_service(named: Given, environment: Mapping[str, str]) -> dict[str, Given]:
    """The options of a service, from the first file that has it. Raises `SettingsError`."""
    name = named.value
    for path in _files(environment):
        try:
            text = path.read_text(encoding="utf-8")
            mode = path.stat().st_mode
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            file = f"The service file {path}" if exists(path) else "What PGSERVICEFILE names"
            raise SettingsError(f"{file} cannot be read as UTF-8 text.") from None
        if "\0" in text:
            raise SettingsError(f"The service file {path} holds a NUL character.")
        lines = _section(path, text, name)
        if lines is None:
            continue
        found = of_service(name, lines)
        if "password" in found and stat.S_IMODE(mode) & 0o077:
            raise SettingsError(f"{path} holds a password and can be read by others: run chmod 600 {path}.")
        return found
    places = [str(path) for path in _files(environment) if exists(path)]
    where = f"in {', '.join(places)}" if places else "anywhere: there is no service file"
    raise SettingsError(f"The service that {named} names is not {where}.")


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    """PGSERVICEFILE, else ~/.pg_service.conf; then the system's, where PGSYSCONFDIR says where that is."""
    yield expanded(environment.get("PGSERVICEFILE") or "~/.pg_service.conf")
    if environment.get("PGSYSCONFDIR"):
        yield Path(environment["PGSYSCONFDIR"]) / "pg_service.conf"


def _section(path: Path, text: str, name: str) -> list[tuple[int, str, str]] | None:
    """The pairs of one section as libpq reads them, with the numbers of their lines: no quotes, no escapes, the rest of
    the line is the value."""
    pairs: list[tuple[int, str, str]] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if pairs is not None:
                break
            pairs = [] if line == f"[{name}]" else None
            continue
        if pairs is None:
            continue
        option, equals, value = line.partition("=")
        if line.startswith("ldap://"):
            raise SettingsError(f"{path}, line {number}: Shellback does not ask LDAP for a service.")
        if not equals or option.strip() == "service":
            raise SettingsError(f"{path}, line {number}: write name=value, and no service within a service.")
        pairs.append((number, option.strip(), value.strip()))
    return pairs
