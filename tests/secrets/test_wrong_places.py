"""A password that was typed where something else belongs: no sentence quotes it, it names the place instead."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.e2e.traces import found_in
from tui.__main__ import main
from tui.settings import SettingsError, parse_url
from tui.settings.options import OF_LIBPQ, OURS, OWN_WAY, REFUSED, VARIABLES
from tui.settings.passfile import passfile_of, password_in
from tui.settings.tls import context_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CANARIES = ("c4naryPw", "c4nary-Pw word/with:all@of=them", "~c4naryPw", "0777040404", "verify-fullc4nary", "c4n" * 200)
IDENTITY = frozenset({"user", "host", "dbname", "application_name"})
"""What is shown as the label of the database, or kept by the server: a name, whatever was typed. `options` and `schema`
go to the server as they are, which is asked elsewhere what it says of them."""
TAKEN = frozenset({"options", "schema", "password"})


def in_a_url(canary: str) -> Iterator[tuple[str, str]]:
    """The URL with the canary in one of its places, and the name of the place."""
    text = quote(canary, safe="")
    yield "raw, before the host", f"postgres://u@{canary}@h/db"
    yield "port", f"postgres://u@h:{canary}/db"
    yield "raw, as the password", f"postgres://u:{canary}@h:x/db"
    yield "scheme", f"{canary}://u@h/db"
    yield "the whole of it", canary
    yield "fragment", f"postgres://u@h/db#{canary}"
    yield "no option", f"postgres://u@h/db?{text}"
    yield "option's name", f"postgres://u@h/db?{text}=x"
    yield "option's name, nearly right", f"postgres://u@h/db?sslmode{text}=x"
    yield "one of several hosts", f"postgres://u@{text},h/db"
    yield "SQLite's options", f"sqlite:///x?{text}=1"
    for name in (*OF_LIBPQ, *OURS, *OWN_WAY, *REFUSED, "sslpassword", "password"):
        if name not in IDENTITY | TAKEN:
            yield name, f"postgres://u@h/db?{name}={text}"


def refused(text: str, environment: Mapping[str, str]) -> str:
    """The sentence of whoever does not take it, on the way to a connection; "" where all do."""
    try:
        url = parse_url(text, environment=environment)
        if url.server is not None:
            passfile = passfile_of(url.server)
            if passfile is not None:
                password_in(passfile, url.server)
            context_for(url.server)
    except SettingsError as error:
        return error.sentence
    return ""


@pytest.mark.parametrize("canary", CANARIES, ids=len)
def test_no_sentence_quotes_what_stands_in_the_wrong_place(
    canary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    said: dict[str, str] = {}
    for place, text in in_a_url(canary):
        said[place] = refused(text, {})
    for variable, name in VARIABLES.items():
        if name not in IDENTITY | TAKEN:
            said[variable] = refused("postgres://u@h/db", {variable: canary})
    said["PGSERVICEFILE"] = refused("postgres:///?service=desk", {"PGSERVICEFILE": canary})
    said["PGSYSCONFDIR"] = refused("postgres:///?service=desk", {"PGSYSCONFDIR": canary})
    services, passwords = tmp_path / "services", tmp_path / "pgpass"
    for line in (f"{canary}=x", canary, *(f"{name}={canary}" for name in (*OF_LIBPQ, *REFUSED))):
        if line.partition("=")[0] not in IDENTITY | TAKEN:
            services.write_text(f"[desk]\nhost=h\n{line}\n[{canary}\n")
            said[f"service: {line}"] = refused("postgres:///?service=desk", {"PGSERVICEFILE": str(services)})
    for content in (canary.encode(), f"h:5432:{canary}".encode(), canary.encode() + b"\xff"):
        passwords.write_bytes(content)
        passwords.chmod(0o600)
        said[f"pgpass: {content!r}"] = refused("postgres://u@h/db", {"PGPASSFILE": str(passwords)})
    whole = {place: sentence for place, sentence in said.items() if found_in(sentence.encode(), [canary])}
    assert whole == {}
    # Each of these places was looked at, and by a sentence that names it.
    for place in ("port", "sslmode", "PGPORT", "PGSSLMODE", "sslrootcert", "sslcert", "PGSSLROOTCERT", "maxsize"):
        name = VARIABLES.get(place, place)
        assert name in said[place] or place in said[place] or canary.isdigit(), (place, said[place])


def test_a_home_of_nobody_is_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a crash: `Path.expanduser` raises a RuntimeError there."""
    monkeypatch.setenv("SHELLBACK_CONFIG_DIR", str(tmp_path))
    for argv in (
        ["--url", "sqlite://~nobody-of-this-name/x.sqlite3", "doctor"],
        ["migrate", "status", "--project", "~nobody-of-this-name/x"],
    ):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            assert main(argv) in {1, 2, 5}
        assert "nobody-of-this-name" in out.getvalue()
