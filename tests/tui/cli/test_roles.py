"""`roles`: make, change, delete, grant until a time, and who holds what."""

from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Account, Role, RolePermission, UserRole
from tests.tui.cli.conftest import Run, in_database

pytestmark = pytest.mark.usefixtures("maria")


async def _until_of(username: str) -> datetime | None:
    account = await Account.get(username=username)
    return (await UserRole.get(user_id=account.id)).expires_at


def test_a_role_lives_and_ends(run: Run) -> None:
    made = run(
        *("roles", "create", "front desk", "--description", "Greets", "--allow", "users.view,users.unlock"),
        *("--allow", "audit.view", "--yes", "--json", "--reason", "new desk"),
    )
    assert (made.code, made.document["outcome"]["sentence"]) == (0, "The role front desk was made, with 3 permissions.")
    role = run("roles", "show", "FRONT DESK", "--json").document["role"]
    assert role["permissions"] == ["users.view", "users.unlock", "audit.view"]
    assert (role["version"], role["holders"], role["is_system"], role["differs_from_seed"]) == (1, 0, False, [])
    number = str(role["id"])
    assert run("roles", "grant", "alice", number, "--yes").code == 0
    dry = run("roles", "edit", number, "--forbid", "audit.view", "--allow", "users.export", "--dry-run")
    assert dry.code == 0
    assert "1 user gains users.export" in dry.out
    assert "1 user loses audit.view" in dry.out
    assert "permission:audit.view: yes -> no" in dry.out
    late = run("roles", "edit", number, "--description", "Else", "--if-version", "7", "--yes")
    assert (late.code, "not as you saw it" in late.err) == (4, True)
    edited = run("roles", "edit", number, "--forbid", "audit.view", "--name", "desk", "--yes")
    assert edited.out == "The role front desk is called desk and allows 1 thing less now.\n"
    held = run("roles", "delete", "desk", "--yes")
    assert (held.code, "held by 1 user" in held.err) == (3, True)
    assert run("roles", "revoke", "alice", "desk", "--yes").code == 0
    assert run("roles", "delete", "desk", "--yes").out == "The role desk was deleted.\n"
    gone = run("roles", "show", "desk")
    assert (gone.code, gone.err) == (1, "shellback: There is no role desk.\n")


def test_what_is_typed_wrongly_costs_no_connection(run: Run) -> None:
    for words in (
        ("roles", "create", "x", "--allow", "users.fly", "--yes"),
        ("roles", "edit", "support", "--allow", "users.fly", "--yes"),
        ("roles", "edit", "support", "--yes"),
        ("roles", "create", "x"),
        ("roles", "holders", "support", "--limit", "0"),
    ):
        assert run(*words).code == 2, words
    assert run("roles", "create", "a\u202eb", "--yes").code == 1
    assert run("roles", "edit", "nonsense", "--name", "x", "--yes").code == 1


def test_a_system_role_is_not_renamed_or_deleted_and_shows_that_it_was_changed(run: Run) -> None:
    assert run("roles", "edit", "support", "--name", "helpers", "--yes").code == 3
    assert run("roles", "delete", "support", "--yes").code == 3
    assert run("roles", "edit", "support", "--allow", "audit.view", "--yes").code == 0
    assert "differs from its seed: it allows audit.view besides" in run("roles", "show", "support").out
    lines = {line.split()[1]: line for line in run("roles", "list").out.splitlines()}
    assert " yes* " in lines["support"]
    assert " yes  " in lines["dba"]


def test_a_grant_until_a_time_is_renewed_shortened_and_made_for_good(maria: str, run: Run) -> None:
    before = datetime.now(UTC)
    assert run("roles", "grant", "alice", "support", "--until", "30d", "--yes").code == 0
    ends = in_database(maria, lambda: _until_of("alice"))
    assert ends is not None
    assert abs(ends - before - timedelta(days=30)) < timedelta(minutes=5)
    assert "Nothing to change" in run("roles", "grant", "alice", "support", "--yes").out
    longer = run("roles", "grant", "alice", "support", "--until", "2099-01-31 18:00", "--yes")
    assert longer.out == "alice #2 has support until 2099-01-31 18:00 UTC now.\n"
    dry = run("roles", "grant", "alice", "support", "--until", "never", "--dry-run", "--json").document["plan"]
    assert dry["changes"] == [
        {"field": "role:support", "before": "granted until 2099-01-31 18:00 UTC", "after": "granted"}
    ]
    assert run("roles", "grant", "alice", "support", "--until", "never", "--yes").code == 0
    assert in_database(maria, lambda: _until_of("alice")) is None
    assert run("roles", "grant", "alice", "support", "--until", "never", "--yes").code == 0
    assert run("roles", "grant", "alice", "support", "--until", "soon", "--yes").code == 2
    assert run("roles", "grant", "alice", "support", "--until", "2001-01-31", "--yes").code == 1


def test_who_holds_a_role_is_listed_by_pages(maria: str, run: Run) -> None:
    for name in ("alice", "bob", "alina"):
        assert run("roles", "grant", name, "support", "--until", "90d", "--yes").code == 0, name

    async def expire() -> None:
        account = await Account.get(username="bob")
        async with in_transaction():
            await UserRole.filter(user_id=account.id).update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))

    in_database(maria, expire)
    first = run("roles", "holders", "support", "--limit", "2", "--json").document
    rest = run("roles", "holders", "support", "--after", str(first["next"]), "--json").document
    both = {one["username"]: one for one in (*first["holders"], *rest["holders"])}
    assert (len(first["holders"]), rest["next"], set(both)) == (2, None, {"alice", "bob", "alina"})
    assert (both["bob"]["expired"], both["alice"]["expired"], both["alice"]["granted_by"]) == (True, False, "maria")
    assert "2020-01-01 00:00 (expired)" in run("roles", "holders", "support").out
    assert "Nobody holds dba." in run("roles", "holders", "dba").err


def test_roles_of_a_hand_are_shown_and_can_be_worked_on(maria: str, run: Run) -> None:
    async def make() -> list[int]:
        async with in_transaction():
            made = [await Role.create(name=name) for name in ("[red]x\u202e", "Support", "4711")]
            await RolePermission.create(role_id=made[0].id, codename="vault.open")
        return [role.id for role in made]

    hostile, twin, digits = in_database(maria, make)
    listing = run("roles", "list").out
    assert r"[red]x\u202e" in listing
    assert "not known to this version" in run("roles", "show", str(hostile)).out
    assert run("roles", "show", "Support", "--json").document["role"]["id"] == twin
    assert run("roles", "show", "support", "--json").document["role"]["is_system"]
    assert run("roles", "show", "4711", "--json").document["role"]["id"] == digits
    assert run("roles", "grant", "alice", str(hostile), "--yes").code == 0
    assert run("roles", "revoke", "alice", "[red]x\u202e", "--yes").code == 0
    assert run("roles", "edit", str(hostile), "--name", "mended", "--allow", "users.view", "--yes").code == 0
    kept = run("roles", "show", "mended", "--json").document["role"]["permissions"]
    assert kept == ["users.view", "vault.open"]
    assert run("users", "list", "role:Support", "--json").document["users"] == []


def test_a_bulk_of_grants_ends_as_one_does(maria: str, run: Run) -> None:
    words = ("users", "bulk", "grant-role", "--role", "support", "--query", "alice", "--yes")
    assert run(*words, "--until", "soon").code == 2
    assert run(*words, "--until", "30d").code == 0
    ends = in_database(maria, lambda: _until_of("alice"))
    assert ends is not None
    assert abs(ends - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)
