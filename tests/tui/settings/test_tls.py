"""How much of TLS each sslmode is, and what is no sslmode."""

import ssl
from pathlib import Path

import pytest

from tests.tls.certificates import Authority
from tests.tui.settings.reading import NOTHING, server, server_of
from tui.settings import SettingsError, parse_url
from tui.settings.tls import context_for


def test_tls_is_verified_unless_asked_otherwise(tmp_path: Path) -> None:
    far = "postgres://u@db.example.org/app"
    full = context_for(server_of(parse_url(far, environment=NOTHING)))
    assert isinstance(full, ssl.SSLContext)
    assert (full.check_hostname, full.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert full.minimum_version >= ssl.TLSVersion.TLSv1_2
    weak = parse_url(far, insecure_tls=True, environment=NOTHING)
    assert weak.insecure_tls
    unverified = context_for(server_of(weak))
    assert isinstance(unverified, ssl.SSLContext)
    assert (unverified.check_hostname, unverified.verify_mode) == (False, ssl.CERT_NONE)
    chosen = parse_url(f"{far}?sslmode=verify-ca", insecure_tls=True, environment=NOTHING)
    ca_only = context_for(server_of(chosen))
    assert isinstance(ca_only, ssl.SSLContext)
    assert (ca_only.check_hostname, ca_only.verify_mode) == (False, ssl.CERT_REQUIRED)
    broken = tmp_path / "ca.pem"
    broken.write_text("not a certificate")
    for option in (f"sslrootcert={broken}", f"sslcert={broken}"):
        with pytest.raises(SettingsError, match="certificate"):
            context_for(server_of(parse_url(f"{far}?{option}", environment=NOTHING)))


FAR = "postgres://u@db.example.org/app"


@pytest.mark.parametrize(
    ("mode", "far", "far_insecure", "near"),
    [
        ("disable", "--insecure-tls", "disable", "disable"),
        ("allow", "switch encryption off", "switch encryption off", "switch encryption off"),
        ("prefer", "switch encryption off", "switch encryption off", "switch encryption off"),
        ("require", "--insecure-tls", "require", "require"),
        ("verify-ca", "--insecure-tls", "verify-ca", "verify-ca"),
        ("verify-full", "verify-full", "verify-full", "verify-full"),
        ("", "verify-full", "require", "disable"),
        ("verify_full", "Did you mean verify-full?", "Did you mean verify-full?", "Did you mean verify-full?"),
        ("Require", "Did you mean require?", "Did you mean require?", "Did you mean require?"),
        ("on", "is not one of", "is not one of", "is not one of"),
    ],
)
def test_what_each_sslmode_becomes(mode: str, far: str, far_insecure: str, near: str) -> None:
    option = f"?sslmode={mode}" if mode else ""
    for url, insecure, expected in (
        (FAR, False, far),
        (FAR, True, far_insecure),
        ("postgres://u@127.0.0.1/app", False, near),
    ):
        try:
            found = server(f"{url}{option}", insecure_tls=insecure).sslmode
        except SettingsError as error:
            found = error.sentence
        assert expected in found
        assert (expected == found) is (expected in ("disable", "require", "verify-ca", "verify-full"))


def test_who_could_listen_or_pose_is_said_of_what_leaves_the_machine() -> None:
    assert server(FAR).exposed == ""
    assert server("postgres://u@localhost/app").exposed == ""
    assert "plain text" in server(f"{FAR}?sslmode=disable", insecure_tls=True).exposed
    for mode in ("require", "verify-ca"):
        assert "could pose as db.example.org" in server(f"{FAR}?sslmode={mode}", insecure_tls=True).exposed


def test_versions_and_negotiation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    context = context_for(server(f"{FAR}?ssl_min_protocol_version=TLSv1.3"))
    assert isinstance(context, ssl.SSLContext)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    for text, says in (
        (f"{FAR}?ssl_min_protocol_version=TLSv1", "can be broken"),
        (f"{FAR}?ssl_max_protocol_version=SSLv3", "can be broken"),
        (f"{FAR}?ssl_min_protocol_version=TLS1.3", "Did you mean TLSv1.3?"),
        (f"{FAR}?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", "No version of TLS is left"),
        ("postgres://u@localhost/app?sslnegotiation=direct", "other than disable"),
    ):
        with pytest.raises(SettingsError) as caught:
            server(text)
        assert says in caught.value.sentence
    assert server(f"{FAR}?sslnegotiation=direct").direct_tls


def test_the_files_of_libpq_are_found_where_no_option_names_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    here = tmp_path / ".postgresql"
    here.mkdir()
    authority = Authority(here, "root")
    authority.roots.rename(here / "root.crt")
    client = authority.issue("postgresql", client="desk")
    client.certificate.rename(here / "postgresql.crt")
    context = context_for(server(FAR))
    assert isinstance(context, ssl.SSLContext)
    assert len(context.get_ca_certs()) == 1
    client.key.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        context_for(server(FAR))


def test_the_keys_of_connections_are_written_to_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = context_for(server(FAR))
    assert isinstance(context, ssl.SSLContext)
    assert context.keylog_filename is None
