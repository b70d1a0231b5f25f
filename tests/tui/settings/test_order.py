"""Who is believed: the URL, then its service, then the environment; and what is not followed says so."""

from pathlib import Path

import pytest

from tests.tui.settings.reading import server, server_of
from tui.settings import SettingsError, choose, load_settings, parse_url


def test_what_a_url_leaves_out_comes_from_the_environment() -> None:
    environment = {
        "PGHOST": "db9",
        "PGPORT": "6000",
        "PGUSER": "desk",
        "PGDATABASE": "crm",
        "PGPASSWORD": "s3cret",
        "PGSSLROOTCERT": "/ca.pem",
        "PGPASSFILE": "/pass",
    }
    parsed = parse_url("postgres://", environment=environment)
    server = server_of(parsed)
    assert (server.host, server.port, server.user, server.database) == ("db9", 6000, "desk", "crm")
    assert (server.sslrootcert, server.passfile, parsed.password) == ("/ca.pem", "/pass", "s3cret")
    assert parsed.label == "desk@db9:6000/crm"
    with pytest.raises(SettingsError):
        parse_url("postgres://", environment={**environment, "PGSSLMODE": "prefer"})


FILE = """
# shared with psql
[desk]
host=db2
port=6000
user=desk
dbname=crm
sslmode=verify-full
keepalives_idle=10
application_name = from the service

[other]
host=elsewhere
"""


@pytest.fixture
def services(tmp_path: Path) -> Path:
    path = tmp_path / "services.conf"
    path.write_text(FILE)
    return path


def test_the_url_goes_before_the_service_and_the_service_before_the_environment(services: Path) -> None:
    environment = {"PGSERVICEFILE": str(services), "PGHOST": "db9", "PGPORT": "1", "PGAPPNAME": "x", "PGSSLCERT": "/c"}
    by_url = server("postgres://mine@/?service=desk", environment)
    assert (by_url.host, by_url.port, by_url.user, by_url.database) == ("db2", 6000, "mine", "crm")
    assert (by_url.application_name, by_url.sslcert) == ("from the service", "/c")
    by_variable = server("postgres://db1/app", environment, PGSERVICE="desk")
    assert (by_variable.host, by_variable.port, by_variable.user, by_variable.database) == ("db1", 6000, "desk", "app")
    named = server("postgres://db1/app?service=other", environment, PGSERVICE="desk")
    assert (named.host, named.port) == ("db1", 1)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("[desk]\nsslmode=prefer", "service desk: sslmode=prefer lets anybody"),
        ("[desk]\nsslmod=require", "unknown option in line 2. Did you mean sslmode?"),
        ("[desk]\nhostaddr=10.0.0.1", "service desk: hostaddr is not followed"),
        ("[desk]\nservice=other", "no service within a service"),
        ("[desk]\nldap://x/y", "does not ask LDAP"),
        ("[desk]\nhost", "write name=value"),
        ("[other]\nhost=x", "The service that PGSERVICE names is not in /"),
    ],
)
def test_a_service_that_cannot_be_followed(tmp_path: Path, section: str, says: str) -> None:
    path = tmp_path / "services.conf"
    path.write_text(section)
    with pytest.raises(SettingsError) as caught:
        server("postgres://db1/app", PGSERVICE="desk", PGSERVICEFILE=str(path))
    assert says in caught.value.sentence


def test_where_services_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="service that service names is not anywhere"):
        server("postgres://db1/app?service=desk")
    system = tmp_path / "etc"
    system.mkdir()
    services.rename(system / "pg_service.conf")
    assert server("postgres:///?service=desk", PGSYSCONFDIR=str(system)).host == "db2"
    own = tmp_path / ".pg_service.conf"
    own.write_text("[desk]\nhost=own\npassword=hunter2\n")
    own.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600") as caught:
        server("postgres:///?service=desk", PGSYSCONFDIR=str(system))
    assert "hunter2" not in caught.value.sentence
    own.chmod(0o600)
    parsed = parse_url("postgres:///?service=desk", environment={"PGPASSWORD": "stale"})
    assert (server_of(parsed).host, parsed.password) == ("own", "hunter2")
    own.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="cannot be read as UTF-8"):
        server("postgres:///?service=desk")
    own.write_text("[desk]\npassfile=a\0b\n")
    with pytest.raises(SettingsError, match="NUL"):
        server("postgres:///?service=desk")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PGHOSTADDR", "10.0.0.1", "PGHOSTADDR is not followed"),
        ("PGREQUIREPEER", "postgres", "who owns a socket"),
        ("PGREQUIREAUTH", "scram-sha-256", "way of asking for the password"),
        ("PGSSLCRLDIR", "/crl", "name it as sslcrl"),
        ("PGGSSENCMODE", "require", "with TLS and not with GSSAPI"),
        ("PGCHANNELBINDING", "require", "does not bind the password"),
        ("PGCHANNELBINDING", "requrie", "Did you mean require?"),
        ("PGSSLMODE", "prefer", "PGSSLMODE=prefer lets anybody"),
        ("PGSSLMODE", "verify_full", "Did you mean verify-full?"),
        ("PGSSLMINPROTOCOLVERSION", "TLSv1.1", "can be broken"),
        ("PGSSLNEGOTIATION", "drect", "Did you mean direct?"),
        ("PGCONNECT_TIMEOUT", "0", "PGCONNECT_TIMEOUT is not between"),
        ("PGPORT", "five", "PGPORT is not a whole number"),
        ("PGHOST", "a,b", "Name one host"),
        ("PGTARGETSESSIONATTRS", "master", "is not one of any"),
    ],
)
def test_what_the_environment_asks_for_and_is_not_done_is_said(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        server("postgres:///app", {"PGHOST": "db1", variable: value})
    assert says in caught.value.sentence


def test_what_asks_for_nothing_is_passed_over() -> None:
    server("postgres://db1/app", PGGSSENCMODE="prefer", PGCHANNELBINDING="prefer", PGSSLCERTMODE="allow", PGHOSTADDR="")
    # A socket needs no TLS, whatever the environment says of other servers.
    for mode in ("verify-full", "prefer"):
        assert server("postgres:///app?host=/tmp", PGSSLMODE=mode).sslmode == "disable"
    with pytest.raises(SettingsError, match="Did you mean prefer"):
        server("postgres:///app?host=/tmp", PGSSLMODE="perfer")


def test_a_key_of_the_environment_is_not_put_to_another_certificate() -> None:
    assert server("postgres://db1/app", PGSSLCERT="/c", PGSSLKEY="/k").sslkey == "/k"
    assert server("postgres://db1/app?sslcert=/mine", PGSSLCERT="/c", PGSSLKEY="/k").sslkey is None


def test_a_password_that_was_written_down_goes_before_one_that_lies_around(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profiles.a]\nurl = 'postgres://u@db1/app'\npassword_command = 'pass show db1'\n")
    path.chmod(0o600)
    chosen = choose(load_settings(path), profile="a", environment={"PGPASSWORD": "for another server"}).url
    assert (chosen.password, chosen.password_command) == (None, "pass show db1")
    path.write_text("[profiles.a]\nurl = 'postgres://u:own@db1/app'\npassword_command = 'pass show db1'\n")
    chosen = choose(load_settings(path), profile="a", environment={}).url
    assert (chosen.password, chosen.password_command) == ("own", None)


def test_a_profile_is_judged_by_its_form_before_its_service_is_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profiles.a]\nurl = 'postgres:///?service=nowhere'\n[profiles.b]\n")
    settings = load_settings(path)
    assert choose(settings, profile="b", environment={}).embedded
    with pytest.raises(SettingsError, match="service that service names is not anywhere"):
        choose(settings, profile="a", environment={"PGSERVICEFILE": str(tmp_path / "none")})
