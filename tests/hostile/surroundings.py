"""What else is somebody else's text: the environment, the settings, the file or the name of the database, the home
directory. Each has a mark of its own."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tests.hostile.wire import in_text
from tui.settings import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.conftest import Peopled
    from tests.postgres import PostgresServer

ACTS: Final = "\x1b]0;t\x07\x9b2J\u202e[b][$x]\u200b\x1b[2J"
"""Part of a name of a file, of a database (63 bytes) and of a setting."""

_CLAIMS: Final = (
    "COLORTERM", "DISPLAY", "EDITOR", "HOSTNAME", "LC_TERMINAL", "LOGNAME", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY",
    "SUDO_COMMAND", "SUDO_USER", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "TTY", "TZ", "USER", "VISUAL",
    "VTE_VERSION", "XDG_SESSION_ID",
)  # fmt: skip


def claims() -> dict[str, str]:
    """The environment, as a person may set it who wants to be taken for somebody else."""
    return {name: f"c{number:02}C{ACTS}" for number, name in enumerate(_CLAIMS)}


def surroundings(people: Peopled, place: str, directory: Path) -> dict[str, str]:
    """The environment of a program all of whose surroundings are hostile. `place` is the URL of the database."""
    home = directory / f"home{ACTS}"
    home.mkdir()
    settings = home / "settings"
    settings.mkdir()
    name = toml(f"p00P{ACTS}")
    text = f"default_profile = {name}\n[profiles.{name}]\nurl = {toml(place)}\n"
    text += "".join(f"{key} = {toml(str(home / key))}\n" for key in ("mfa_key_file", "audit_anchors"))
    (settings / "config.toml").write_text(text, encoding="utf-8")
    (settings / "config.toml").chmod(0o600)
    return {
        "HOME": str(home),
        "SHELLBACK_CONFIG_DIR": str(settings),
        "SHELLBACK_STATE_DIR": str(home / "state"),
        "SHELLBACK_TOKEN": people.token,
        **claims(),
    }


def toml(text: str) -> str:
    """As a basic string of TOML."""
    assert in_text(json.dumps(text)) == []
    return json.dumps(text)


@contextmanager
def moved(people: Peopled, server: PostgresServer | None) -> Iterator[str]:
    """The URL of the database under a hostile name, which it has meanwhile."""
    if server is None:
        path = parse_url(people.url).path
        assert path is not None
        there = path.with_name(f"d00D{ACTS}.sqlite3")
        path.rename(there)
        yield f"sqlite://{quote(str(there))}"
        return
    name, hostile = people.url.partition("?")[0].rpartition("/")[2], f"d00D{ACTS}"
    server.execute(f'ALTER DATABASE "{name}" RENAME TO "{hostile}"')
    try:
        yield server.url(name).replace(f"/{name}", f"/{quote(hostile, safe='')}")
    finally:
        server.drop(hostile)


def told(text: str, among: Mapping[str, str]) -> list[str]:
    """The names of those values whose mark is in the text."""
    return [name for name, value in among.items() if value[:4] in text]
