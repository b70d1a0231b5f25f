"""Every way in which the password of the database can be given, through commands that work, fail and run migrations:
it is in no output, no log, no file that is left, no command line, and in no environment but the person's."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.conftest import Peopled
from tests.e2e.traces import files_below, found_in
from tests.tui.migrate.projects import init_sql, make_project, migration
from tui.__main__ import main
from tui.settings import parse_url

URL, REPLICA, AMBIENT, FILE, COMMAND, SERVICE = (
    f"c4nary-{name}-Pw" for name in ("url", "replica", "ambient", "pgpass", "command", "service")
)
TOKEN, KEY = "c4nary-token-" + "x" * 30, "1: c4nary-of-the-authenticators"
ALL = [URL, REPLICA, AMBIENT, FILE, COMMAND, SERVICE, TOKEN, KEY.partition(": ")[2]]
SPY = '#!/bin/sh\n{ env; tr "\\\\0" " " < /proc/$PPID/cmdline; } >> "$0.seen"\n'


@dataclass
class Desk:
    """A machine with secrets in every place that has some."""

    home: Path
    given: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.home / "debug.log"

    def run(self, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`shellback` with these arguments, every logger at DEBUG, and Python at its most talkative."""
        talkative = {
            "PYTHONDEVMODE": "1",
            "PYTHONASYNCIODEBUG": "1",
            "PYTHONFAULTHANDLER": "1",
            "PYTHONWARNINGS": "default",
        }
        environment = {**os.environ, **talkative, "LOUD_LOG": str(self.log), **self.given, **more}
        return subprocess.run(
            [sys.executable, "-m", "tests.e2e.loud", *argv],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def check_silence(self, *printed: subprocess.CompletedProcess[str]) -> None:
        """Nothing in what was printed, in the log, and in what is left in the directories of Shellback."""
        for one in printed:
            assert found_in((one.stdout + one.stderr).encode(), ALL) == [], one.args
            assert "Traceback" not in one.stderr
        left = files_below(self.home / "state", self.home / "data") | {self.log: self.log.read_bytes()}
        for path, data in left.items():
            assert found_in(data, ALL) == [], path
        assert b"loud is listening" in left[self.log]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    home = tmp_path / "home"
    for kind in ("config", "data", "state"):
        (home / kind).mkdir(mode=0o700, parents=True)
    return Desk(home)


def spy(path: Path, more: str = "") -> Path:
    """A program that notes its environment and the command line of whoever started it."""
    path.write_text(SPY + more)
    path.chmod(0o700)
    return path


@pytest.mark.postgres_only
def test_the_password_of_the_database_is_nowhere(peopled: Peopled, desk: Desk, tmp_path: Path) -> None:
    server = parse_url(peopled.url).server
    assert server is not None
    place = f"/{server.database}?host={server.host}&port={server.port}"
    command = spy(tmp_path / "give", f"echo {COMMAND}\n")
    passfile, services = tmp_path / "pgpass", tmp_path / "services"
    passfile.write_text(f"*:*:*:*:{FILE}\n")
    services.write_text(
        f"[desk]\nhost={server.host}\nport={server.port}\nuser={server.user}\npassword={SERVICE}\n"
        f"dbname={server.database}\n"
    )
    gone = tmp_path / "no-socket-here"
    config = desk.home / "config" / "config.toml"
    config.write_text(
        f'[profiles.url]\nurl = "postgres://{server.user}:{URL}@{place}"\n'
        f'read_url = "postgres://{server.user}:{REPLICA}@{place}"\n'
        f'[profiles.command]\nurl = "postgres://{server.user}@{place}"\npassword_command = "{command}"\n'
        f'[profiles.file]\nurl = "postgres://{server.user}@{place}&passfile={passfile}"\n'
        f'[profiles.service]\nurl = "postgres:///?service=desk"\n'
        f'[profiles.gone]\nurl = "postgres://{server.user}:{URL}@/db?host={gone}"\n'
    )
    for path in (config, passfile, services):
        path.chmod(0o600)
    desk.given = {
        "PGPASSWORD": AMBIENT,
        "PGSERVICEFILE": str(services),
        "SHELLBACK_TOKEN": TOKEN,
        "SHELLBACK_MFA_KEY": KEY,
    }
    printed = [
        desk.run("--profile", "url", "doctor", "--json"),
        desk.run("--profile", "command", "whoami", "--json"),
        desk.run("--profile", "file", "migrate", "status", "--json", PGPASSWORD=""),
        desk.run("--profile", "service", "users", "list"),
        desk.run("--profile", "gone", "users", "list", "--json"),
    ]
    assert json.loads(printed[0].stdout)["doctor"]["checks"], printed[0].stderr
    assert "is over, or not of this database" in printed[1].stderr, "it was opened, and the token is nobody's"
    assert printed[2].returncode == 0, printed[2].stderr
    assert "is over, or not of this database" in printed[3].stderr
    assert printed[4].returncode == 5
    desk.check_silence(*printed)
    seen = Path(f"{command}.seen").read_bytes()
    assert b"PATH=" in seen
    assert b"tests.e2e.loud --profile command whoami" in seen, "the spy sees command lines"
    assert found_in(seen, ALL) == []


def test_a_migration_that_dies_with_a_secret_in_its_hands(
    empty_url: str, desk: Desk, tmp_path: Path, dialect: str
) -> None:
    """In a local variable, in a URL in the message of its error, and in what it prints before."""
    half, rest = URL[:5], URL[5:]
    hold = (
        f"held = {half!r} + {rest!r}; import os, pathlib, resource; url = 'postgres://app:' + held + '@db/app';"
        " pathlib.Path('seen').write_text(repr(os.environ) + pathlib.Path('/proc/self/cmdline').read_text());"
        " pathlib.Path('limit').write_text(str(resource.getrlimit(resource.RLIMIT_CORE)[0])); print('at', url);"
        " raise RuntimeError('cannot reach ' + url)"
    )
    files = {
        "0_20260101000000_init.py": migration(init_sql(dialect)),
        "1_20260102000000_dies.py": migration("", before=hold),
    }
    project = make_project(tmp_path / "shop", empty_url, files)
    desk.given = {"SHELLBACK_TOKEN": TOKEN, "SHELLBACK_MFA_KEY": KEY, "PGPASSWORD": AMBIENT}
    printed = [
        desk.run("migrate", "apply", "--yes", "--project", str(project.root)),
        desk.run("migrate", "history", "--project", str(project.root), "--json"),
    ]
    assert printed[0].returncode == 1, printed[0].stderr
    assert "cannot reach postgres://app:...@db/app" in printed[0].stdout + printed[0].stderr
    desk.check_silence(*printed)
    seen = (project.root / "seen").read_bytes()
    assert AMBIENT.encode() in seen, "a project may need what psql would"
    assert found_in(seen, [one for one in ALL if one != AMBIENT]) == []
    assert (project.root / "limit").read_text() == "0"


@pytest.mark.parametrize("option", ["--profile", "--url", "--read-url", "--project", "users"])
def test_a_url_in_the_wrong_place_is_quoted_without_its_password(option: str, desk: Desk) -> None:
    desk.log.touch()

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        assert main([option, f"postgres://u:{URL}@h/db"]) == 2
    said = out.getvalue()
    assert "shellback: " in said
    assert found_in(said.encode(), ALL) == []
