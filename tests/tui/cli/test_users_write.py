"""Each write of a user: what is printed, asked, refused and done."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User, UserSession
from tests.tui.cli.conftest import MARIA, Run, in_database

PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")


def _account(url: str, name: str) -> Account:
    async def load() -> Account:
        return await Account.get(username=name)

    return in_database(url, load)


def _events(url: str) -> list[dict[str, Any]]:
    async def load() -> list[dict[str, Any]]:
        return list(await AuditEvent.all().order_by("id").values())

    return in_database(url, load)


def _hash(url: str, name: str) -> str:
    async def load() -> str:
        return (await User.get(username=name)).hashed_password

    return in_database(url, load)


def test_an_edit_writes_what_was_named_and_says_so(maria: str, run: Run) -> None:
    ended = run(
        "users", "edit", "alice", "--set", "email=new@example.com", "--yes", "--reason", "moved", "--ticket", "T1"
    )
    assert (ended.code, ended.err) == (0, "")
    assert "Saved e-mail of alice" in ended.out
    account = _account(maria, "alice")
    assert (account.email, account.version) == ("new@example.com", 2)
    event = _events(maria)[-1]
    assert (event["reason"], event["ticket"], event["actor_kind"], event["actor_label"]) == (
        "moved",
        "T1",
        "cli",
        "maria",
    )
    assert event["claimed_os_user"]


WRITES = {
    "edit": ("users", "edit", "alice", "--set", "full_name=Alice Jones"),
    "reset": ("users", "reset", "alice", "--porcelain"),
    "deactivate": ("users", "deactivate", "alice"),
    "revoke-sessions": ("users", "revoke-sessions", "alice"),
    "grant": ("roles", "grant", "alice", "support"),
    "create": ("users", "create", "dora", "--set", "email=dora@example.com", "--porcelain"),
}


@pytest.mark.parametrize("argv", WRITES.values(), ids=WRITES.keys())
def test_a_dry_run_writes_nothing_and_tells_what_applying_does(argv: tuple[str, ...], maria: str, run: Run) -> None:
    before = _events(maria)
    text = run(*argv, "--dry-run")
    planned = run(*argv, "--dry-run", "--json").document["plan"]
    assert text.code == 0
    assert planned["target"]["label"] in text.out
    assert _events(maria) == before
    done = run(*argv, "--yes", "--json").document["outcome"]
    assert done["status"] == "ok"
    for change in planned["changes"]:
        assert change["field"] in text.out
        same = [c for c in done["changes"] if c["field"] == change["field"]]
        # Moments are the database's own, and later when it is done.
        assert same == [change] or change["field"].endswith(("_at", "_until"))


@pytest.mark.parametrize("argv", WRITES.values(), ids=WRITES.keys())
def test_without_a_terminal_a_write_needs_yes(argv: tuple[str, ...], maria: str, run: Run) -> None:
    before = _events(maria)
    ended = run(*argv, stdin="y\n")
    assert (ended.code, ended.out) == (2, "")
    assert "--yes" in ended.err
    assert _events(maria) == before


def test_a_generated_password_is_not_printed_into_a_pipe(maria: str, run: Run) -> None:
    before = _hash(maria, "alice")
    ended = run("users", "reset", "alice", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert "--porcelain" in ended.err
    assert _hash(maria, "alice") == before


def test_porcelain_prints_the_password_and_nothing_else(maria: str, run: Run) -> None:
    ended = run("users", "reset", "alice", "--yes", "--porcelain")
    assert PASSWORD.fullmatch(ended.out.strip())
    assert not PASSWORD.search(ended.err)
    assert "alice" in ended.err
    assert _account(maria, "alice").must_change_password
    assert ended.out.strip() not in json.dumps(_events(maria), default=str)


def test_porcelain_in_a_document(maria: str, run: Run) -> None:
    told = run("users", "reset", "alice", "--yes", "--porcelain", "--json").document["outcome"]
    assert PASSWORD.fullmatch(told["secret"])


def test_a_reset_with_options(maria: str, run: Run) -> None:
    ended = run("users", "reset", "bob", "--no-must-change", "--expires", "never", "--yes", "--porcelain")
    assert ended.code == 0
    account = _account(maria, "bob")
    assert (account.must_change_password, account.password_expires_at) == (False, None)
    assert run("users", "reset", "bob", "--disable-password", "--yes").code == 0
    assert not _account(maria, "bob").has_usable_password
    assert run("users", "reset", "bob", "--expires", "1m", "--yes", "--porcelain").code == 1


def test_a_user_is_created_with_a_password_from_a_pipe(maria: str, run: Run) -> None:
    argv = ("users", "create", "Dora", "--set", "full_name=Dora M", "--password-stdin", "--yes", "--json")
    told = run(*argv, stdin="saffron teapot 99 glacier\n").document["outcome"]
    assert told["status"] == "ok"
    assert _account(maria, "Dora").full_name == "Dora M"
    again = run(*argv, stdin="saffron teapot 99 glacier\n")
    assert again.code == 1
    assert again.document["outcome"]["errors"][0]["field"] == "username"
    assert "saffron" not in again.out + again.err


def test_a_weak_password_is_an_error_of_its_field(maria: str, run: Run) -> None:
    ended = run("users", "create", "dora", "--password-stdin", "--yes", stdin="short\n")
    assert ended.code == 1
    assert "password:" in ended.err


def test_deactivate_and_activate(maria: str, run: Run) -> None:
    assert run("users", "deactivate", "alice", "--yes", "--reason", "left").code == 0
    assert not _account(maria, "alice").is_active
    again = run("users", "deactivate", "alice", "--yes")
    assert again.code == 0
    assert run("users", "activate", "alice", "--yes").code == 0
    assert _account(maria, "alice").is_active
    assert run("users", "unlock", "alice", "--yes").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ("users", "deactivate", "maria"),
        ("users", "reset", "maria", "--porcelain"),
        ("users", "edit", "maria", "--set", "is_superuser=no"),
    ],
    ids=["deactivate", "reset", "demote"],
)
def test_what_a_rule_forbids_is_refused_and_recorded(argv: tuple[str, ...], maria: str, run: Run) -> None:
    dry = run(*argv, "--dry-run")
    assert dry.code == 3
    assert "refused:" in dry.out
    ended = run(*argv, "--yes")
    assert (ended.code, ended.out) == (3, "")
    assert "Nothing was changed" in ended.err
    assert _events(maria)[-1]["outcome"] == "denied"
    assert run(*argv, "--yes", "--json").document["outcome"]["refusals"]


def test_an_old_version_is_a_conflict(maria: str, run: Run) -> None:
    assert run("users", "edit", "alice", "--set", "full_name=A", "--if-version", "1", "--yes").code == 0
    ended = run("users", "edit", "alice", "--set", "full_name=B", "--if-version", "1", "--yes", "--json")
    assert ended.code == 4
    assert ended.document["error"]["kind"] == "conflict"
    assert _account(maria, "alice").full_name == "A"


@pytest.mark.parametrize(
    "setting",
    ["shoe_size=43", "is_verified=maybe", "expires_at=soon", "hashed_password=x", "is_active=no", "version=9"],
)
def test_what_cannot_be_set(setting: str, maria: str, run: Run) -> None:
    ended = run("users", "edit", "alice", "--set", setting, "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert _account(maria, "alice").version == 1


def test_a_field_is_set_once(maria: str, run: Run) -> None:
    assert run("users", "edit", "alice", "--set", "email=a@b.c", "--set", "email=d@e.f", "--yes").code == 2
    assert run("users", "create", "x", "--set", "username=y", "--yes", "--porcelain").code == 2


def test_a_bad_value_stands_beside_its_field(maria: str, run: Run) -> None:
    ended = run("users", "edit", "alice", "--set", "email=nonsense", "--yes")
    assert ended.code == 1
    assert "  email: " in ended.err
    dry = run("users", "edit", "alice", "--set", "email=bob@example.com", "--dry-run")
    assert dry.code == 1
    assert "Another user" in dry.out


def test_a_date_without_a_zone_is_utc(maria: str, run: Run) -> None:
    assert run("users", "edit", "alice", "--set", "expires_at=2099-01-31T18:00+02:00", "--yes").code == 0
    assert _account(maria, "alice").expires_at == datetime(2099, 1, 31, 16, tzinfo=UTC)
    assert run("users", "edit", "alice", "--set", "expires_at=2099-01-31", "--yes").code == 0
    assert _account(maria, "alice").expires_at == datetime(2099, 1, 31, tzinfo=UTC)
    assert run("users", "edit", "alice", "--set", "expires_at=", "--yes").code == 0
    assert _account(maria, "alice").expires_at is None


def test_roles(maria: str, run: Run) -> None:
    roles = {role["name"]: role for role in run("roles", "list", "--json").document["roles"]}
    assert roles.keys() >= {"operator", "support", "auditor", "dba"}
    assert "users.reset_password" in roles["support"]["permissions"]
    assert "support" in run("roles", "list").out
    assert "Reset the password" in run("roles", "show", "support").out
    assert run("roles", "show", "nonsense").code == 1
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    assert [user["username"] for user in run("users", "list", "role:support", "--json").document["users"]] == ["alice"]
    assert run("roles", "revoke", "alice", "support", "--yes").code == 0
    assert run("roles", "grant", "alice", "nonsense", "--yes").code == 1


def test_a_role_without_the_permission_is_refused(maria: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("roles", "grant", "alice", "dba", "--yes").code == 0
    argv = ("users", "reset", "alice", "--no-must-change", "--expires", "never", "--yes", "--porcelain")
    password = run(*argv).out
    token = run("login", "--as", "alice", "--password-stdin", "--porcelain", stdin=password).out.strip()
    monkeypatch.setenv("SHELLBACK_TOKEN", token)
    ended = run("users", "list", "--json")
    assert ended.code == 3
    assert "users.view" in ended.document["error"]["sentence"]
    assert run("users", "deactivate", "bob", "--yes").code == 3
    for line in ("users edit bob --set email=b@x.org", "roles grant bob dba"):
        looked = run(*line.split(), "--dry-run")
        assert (looked.code, looked.out) == (3, "")  # a plan would show what may not be seen
    assert run("audit", "list").code == 0


def test_a_temporary_password_opens_no_session(maria: str, run: Run) -> None:
    assert run("roles", "grant", "alice", "support", "--yes").code == 0
    password = run("users", "reset", "alice", "--yes", "--porcelain").out
    ended = run("login", "--as", "alice", "--password-stdin", stdin=password)
    assert ended.code == 3
    assert "must change the password" in ended.err


def test_read_only_reads_also_a_minute_after_the_sign_in(maria: str, run: Run) -> None:
    async def long_ago() -> None:
        async with in_transaction():
            await UserSession.all().update(last_seen_at=datetime(2026, 1, 1, tzinfo=UTC))

    in_database(maria, long_ago)
    assert run("users", "list", "--read-only").err == ""
    assert run("users", "list").code == 0


def test_read_only_writes_nothing(maria: str, run: Run) -> None:
    ended = run("users", "deactivate", "alice", "--yes", "--read-only")
    assert ended.code == 3
    assert "read-only" in ended.err
    assert _account(maria, "alice").is_active
    assert run("users", "list", "--read-only").code == 0
    assert MARIA not in ended.err
