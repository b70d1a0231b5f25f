"""What others could have read or written is refused, with the sentence and the way on; repaired, it is taken."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from models.mfa_secrets import MfaKeyError, read_key_file
from models.operations.audit.anchors import write_line
from tests.tls.certificates import Authority
from tui.cli import tokens
from tui.cli.failure import Failure
from tui.database import OpenError
from tui.database.sqlite_file import check_file
from tui.migrate.process.sessions.backups import RestoreFailed, back_up, list_copies, restore
from tui.settings import SettingsError, default_database, load_settings, parse_url, state_dir
from tui.settings.foreign import refuse_foreign
from tui.settings.passfile import passfile_of
from tui.settings.tls import context_for
from tui.staging import load, shelf_for

CANARY = "c4nary-of-a-file"
Try = Callable[[], object]
"""Takes the file as the program does; raises what it raises."""


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def config_with_a_password(home: Path) -> tuple[Path, Try]:
    path = written(home / "config.toml", f'[profiles.a]\nurl = "postgres://u:{CANARY}@localhost/db"\n')
    return path, lambda: load_settings(path)


def config_with_a_password_of_the_replica(home: Path) -> tuple[Path, Try]:
    urls = f'url = "postgres://u@localhost/db"\nread_url = "postgres://u:{CANARY}@127.0.0.1/db"\n'
    path = written(home / "config.toml", f"[profiles.a]\n{urls}")
    return path, lambda: load_settings(path)


def plain_config(home: Path) -> tuple[Path, Try]:
    path = written(home / "config.toml", "[profiles.a]\n")
    return path, lambda: load_settings(path)


def folder_of_the_config(home: Path) -> tuple[Path, Try]:
    path = written(home / "config" / "config.toml", "[profiles.a]\n")
    return path.parent, lambda: load_settings(path)


def passfile(home: Path) -> tuple[Path, Try]:
    path = written(home / "pgpass", f"*:*:*:*:{CANARY}\n")
    server = parse_url(f"postgres://u@localhost/db?passfile={path}", environment={}).server
    assert server is not None
    return path, lambda: passfile_of(server)


def service(home: Path) -> tuple[Path, Try]:
    path = written(home / "services", f"[desk]\nhost=localhost\npassword={CANARY}\n")
    environment = {"PGSERVICEFILE": str(path)}
    return path, lambda: parse_url("postgres:///?service=desk", environment=environment)


def mfa_key(home: Path) -> tuple[Path, Try]:
    path = written(home / "mfa.key", f"1: {CANARY}-{CANARY}-{CANARY}\n")
    return path, lambda: read_key_file(path)


def tls_key(home: Path) -> tuple[Path, Try]:
    home.mkdir(exist_ok=True)
    pair = Authority(home).issue("client", ["127.0.0.1"])
    pair.key.chmod(0o600)
    options = f"sslmode=require&sslcert={pair.certificate}&sslkey={pair.key}"
    server = parse_url(f"postgres://u@127.0.0.1/db?{options}", environment={}).server
    assert server is not None
    return pair.key, lambda: context_for(server)


def session(home: Path) -> tuple[Path, Try]:
    path = tokens.keep(home, "somewhere", CANARY, "maria")
    return path, lambda: tokens.find(home, "somewhere")


def state_folder(home: Path) -> tuple[Path, Try]:
    home.mkdir(mode=0o700)
    return home, lambda: refuse_foreign(home, "where sessions are kept")


def embedded_database(_: Path) -> tuple[Path, Try]:
    path = written(default_database(), "")
    return path, lambda: check_file(path, create=False, read_only=False)


def anchors(home: Path) -> tuple[Path, Try]:
    path = written(home / "anchors.jsonl", "")
    return path, lambda: write_line(path, "{}")


def backup(home: Path) -> tuple[Path, Try]:
    home.mkdir()
    path = home / "app.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE t (x)")
    connection.close()
    back_up(path)
    [copy] = list_copies(path)
    return copy.path, lambda: restore(path, copy.path)


REFUSALS = (SettingsError, MfaKeyError, Failure, OpenError, RestoreFailed, OSError)


@pytest.mark.parametrize(
    ("make", "mode", "says"),
    [
        (config_with_a_password, 0o640, "chmod 600"),
        (config_with_a_password, 0o604, "chmod 600"),
        (config_with_a_password_of_the_replica, 0o644, "chmod 600"),
        (plain_config, 0o602, "chmod go-w"),
        (folder_of_the_config, 0o777, "chmod go-w"),
        (passfile, 0o640, "chmod 600"),
        (passfile, 0o604, "chmod 600"),
        (service, 0o644, "chmod 600"),
        (mfa_key, 0o640, "chmod 600"),
        (mfa_key, 0o602, "chmod 600"),
        (tls_key, 0o644, "chmod 600"),
        (session, 0o644, "delete it, and sign in again"),
        (session, 0o620, "delete it, and sign in again"),
        (state_folder, 0o777, "chmod go-w"),
        (state_folder, 0o1777, "chmod go-w"),
        (embedded_database, 0o644, "chmod 600"),
        (embedded_database, 0o660, "chmod 600"),
        (anchors, 0o620, "chmod 600"),
        (anchors, 0o606, "chmod 600"),
        (backup, 0o666, "chmod 600"),
    ],
)
def test_a_mode_is_refused_with_the_way_on(
    make: Callable[[Path], tuple[Path, Try]], mode: int, says: str, tmp_path: Path
) -> None:
    path, take = make(tmp_path / "files")
    take()  # as it was made it is taken: the mode alone is what is refused
    path.chmod(mode)
    with pytest.raises(REFUSALS) as caught:
        take()
    sentence = str(getattr(caught.value, "sentence", "") or caught.value)
    if not isinstance(caught.value, OSError):  # an anchor's trouble names the file around it
        assert str(path) in sentence
    assert says in sentence
    assert CANARY not in sentence


@pytest.mark.parametrize("make", [plain_config, state_folder, session])
def test_what_belongs_to_somebody_else_is_refused(
    make: Callable[[Path], tuple[Path, Try]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, take = make(tmp_path / "files")
    if os.geteuid() == 0:  # root's own files are taken by everybody: these are nobody's
        os.chown(path, 65534, -1)
        take()
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    with pytest.raises(REFUSALS) as caught:
        take()
    assert "belongs to" in str(getattr(caught.value, "sentence", "") or caught.value)
    assert CANARY not in str(caught.value)


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    """A link is no way around a mode; and a file that is linked from elsewhere, as dotfiles are, is taken."""
    path, _ = config_with_a_password(tmp_path / "files")
    link = tmp_path / "config.toml"
    link.symlink_to(path)
    assert "a" in load_settings(link).profiles
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_settings(link)
    outside = written(tmp_path / "elsewhere", "")
    anchor = tmp_path / "anchors.jsonl"
    anchor.symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"):
        write_line(anchor, "{}")
    assert outside.read_bytes() == b""


def test_what_is_staged_and_may_be_somebody_elses_is_set_aside(tmp_path: Path) -> None:
    shelf = shelf_for(tmp_path, "somewhere", 1)
    written(shelf.path, "{}").chmod(0o660)
    assert "set aside" in load(shelf).problem
    assert not shelf.path.exists()


def test_a_group_of_ones_own_may_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Systems that give each person a group of their own make every file 0664: nobody else is in it."""
    path, take = plain_config(tmp_path / "files")
    path.chmod(0o664)
    import grp
    import pwd

    person = pwd.getpwuid(path.stat().st_uid)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: type("P", (), {"pw_gid": path.stat().st_gid, "pw_name": person[0]}))
    members: list[str] = []
    monkeypatch.setattr(grp, "getgrgid", lambda _: type("G", (), {"gr_mem": members, "gr_name": "us"}))
    take()
    members.append("mallory")
    with pytest.raises(SettingsError, match="The group us may write"):
        take()


def test_the_state_directory_is_looked_at_by_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tui.__main__ import main

    state = state_dir()
    state.mkdir(mode=0o700, parents=True)
    state.chmod(0o777)
    assert main(["users", "list"]) != 0
    assert f"run chmod go-w {state}" in capsys.readouterr().err
    main(["doctor"])
    assert "chmod" in capsys.readouterr().out
