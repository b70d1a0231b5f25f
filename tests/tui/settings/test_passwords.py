"""Where a password comes from: a command, or a file that only its owner reads."""

import asyncio
import shlex
import sys
from pathlib import Path

import psutil
import pytest

from tests.tui.settings.reading import NOTHING, server, server_of
from tui.settings import SettingsError, parse_url
from tui.settings.passfile import passfile_of, password_in
from tui.settings.passwords import PasswordCommand


async def test_a_password_command_gives_its_first_line() -> None:
    quoted = f"{sys.executable} -c \"print('p w'); print('second')\""
    assert await PasswordCommand(quoted)() == "p w"
    for command, says in (
        ("/no/such/program", "cannot be run"),
        (f"{sys.executable} -c \"raise SystemExit('s3cret')\"", "exit status 1"),
        (f"{sys.executable} -c pass", "no password"),
        ("", "empty"),
    ):
        with pytest.raises(SettingsError, match=says) as caught:
            await PasswordCommand(command)()
        assert "s3cret" not in caught.value.sentence


async def test_a_password_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.settings.passwords.COMMAND_SECONDS", 0.05)
    with pytest.raises(SettingsError, match="did not end"):
        await PasswordCommand("sleep 60")()


def test_a_password_file_is_its_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    plain = server_of(parse_url("postgres://u@localhost/db", environment=NOTHING))
    assert passfile_of(plain) is None
    file = tmp_path / ".pgpass"
    file.write_text("*:*:*:*:hunter2\n")
    file.chmod(0o600)
    assert passfile_of(plain) == file
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        passfile_of(plain)
    named = server_of(parse_url("postgres://u@localhost/db?passfile=/nowhere", environment=NOTHING))
    with pytest.raises(SettingsError, match="cannot be read"):
        passfile_of(named)


def python(code: str) -> PasswordCommand:
    return PasswordCommand(shlex.join([sys.executable, "-c", code]))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import sys; print('s3cret'); sys.exit(3)", "exit status 3"),
        ("import sys; sys.stderr.write('s3cret'); sys.exit(1)", "exit status 1"),
        ("import os, signal; print('s3cret', flush=True); os.kill(os.getpid(), signal.SIGKILL)", "exit status -9"),
        ("print(); print('s3cret')", "first line is empty"),
        ("import sys; sys.stdout.buffer.write(b's3cret\\xff\\n')", "not UTF-8"),
        ("print('s3cret\\0x')", "no password"),
        ("print('s3cret' * 100_000, end='')", "no password"),
        ("open('/dev/tty').readline()", "exit status 1"),
    ],
)
async def test_what_a_command_does_wrong_is_said_without_what_it_printed(
    code: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        await python(code)()
    assert says in caught.value.sentence
    printed = capfd.readouterr()
    assert "s3cret" not in caught.value.sentence + printed.out + printed.err


async def test_what_a_command_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_TOKEN", "x")
    monkeypatch.setenv("GPG_TTY", "/dev/pts/0")
    monkeypatch.setenv("VAULT_ADDR", "https://vault")
    names = "SHELLBACK_TOKEN", "GPG_TTY", "VAULT_ADDR"
    code = (
        f"import os, sys; print([name in os.environ for name in {names}], sys.stdin.read() == '',"
        " os.getsid(0) == os.getpid())"
    )
    # A session of its own has no terminal to ask on.
    assert await python(code)() == "[False, False, True] True True"


async def test_a_password_keeps_every_sign_but_the_end_of_its_line() -> None:
    assert await python(r"print(' a\x0b\x1c\u2028b \r')")() == " a\x0b\x1c\u2028b "
    assert await python("print('x' * 900); print('y' * 1_000_000)")() == "x" * 900


async def test_a_quotation_mark_that_is_not_closed() -> None:
    with pytest.raises(SettingsError, match="not closed"):
        PasswordCommand("pass 'show")


async def test_a_command_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tui.settings.passwords.COMMAND_SECONDS", 1.0)
    told = tmp_path / "pid"
    script = tmp_path / "ask.sh"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {told}\nwait\n")
    script.chmod(0o700)
    with pytest.raises(SettingsError, match="did not end"):
        await PasswordCommand(str(script))()
    child = int(told.read_text())
    deadline = asyncio.get_running_loop().time() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


PGPASS = r"""
# a comment: with: colons: in: it
db1:5432:app:desk:first
db1:*:app:desk:second
*:5432:*:a\:b:with\:colon
*:*:*:back\\slash:\\and\x
*:*:*:none:
localhost:*:app:local:by its name
/tmp/pg:*:app:socket:by its path
*:*:*:*:the last
"""


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgres://desk@db1/app", "first"),
        ("postgres://desk@db1:6000/app", "second"),
        ("postgres://desk@db2/app", "the last"),
        ("postgres://a%3Ab@db2/app", "with:colon"),
        ("postgres://back%5Cslash@db2/app", "\\andx"),
        ("postgres://none@db2/app", None),
        ("postgres://local@/app?host=/tmp/pg", "by its name"),
        ("postgres://socket@/app?host=/tmp/pg", "by its path"),
        ("postgres://u@db1/app%3Aother", "the last"),
    ],
)
def test_the_first_line_that_fits_counts(tmp_path: Path, url: str, password: str | None) -> None:
    path = tmp_path / "pgpass"
    path.write_text(PGPASS)
    assert password_in(path, server(url)) == password


def test_lines_that_say_nothing_and_lines_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pgpass"
    path.write_bytes(b"\r\nonly:three:fields\r\n*:*:*:u:right\r\n")
    assert password_in(path, server("postgres://u@db1/app")) == "right"
    path.write_bytes(b"# fine\n*:*:*:u:\xff\n")
    with pytest.raises(SettingsError, match="not UTF-8 in line 2"):
        password_in(path, server("postgres://u@db1/app"))
    path.write_bytes(b"")
    assert password_in(path, server("postgres://u@db1/app")) is None


def test_a_password_file_that_is_a_directory(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a regular file"):
        passfile_of(server("postgres://u@db1/app", PGPASSFILE=str(tmp_path)))
