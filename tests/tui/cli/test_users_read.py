"""`users list` and `users show`."""

import pytest

from models import User
from tests.tui.cli.conftest import Run, in_database

HOSTILE = "a\x1b]52;c;eA==\x07\u202eb"


def _hostile_user(url: str) -> int:
    from tortoise.transactions import in_transaction

    async def make() -> int:
        async with in_transaction():
            user = await User.create(username=HOSTILE, full_name=HOSTILE, email=HOSTILE, hashed_password="!")
        return int(user.id)

    return in_database(url, make)


def test_a_page_and_its_table(maria: str, run: Run) -> None:
    ended = run("users", "list")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0].split() == ["ID", "USERNAME", "STATE", "ROLES", "LAST", "LOGIN", "(UTC)"]
    assert [line.split()[1] for line in lines[1:]] == ["alice", "alina", "bob", "maria"]
    assert ended.err == ""


def test_pages_meet(maria: str, run: Run) -> None:
    everybody = run("users", "list", "--json", "--order", "created-").document
    assert everybody["next"] is None
    assert [user["username"] for user in everybody["users"]] == ["bob", "alina", "alice", "maria"]
    found: list[object] = []
    following: list[str] = []
    while True:
        page = run("users", "list", "--json", "--order", "created-", "--limit", "1", *following).document
        found += page["users"]
        if page["next"] is None:
            break
        following = ["--after", page["next"]]
    assert found == everybody["users"]


def test_a_query(maria: str, run: Run) -> None:
    assert [u["username"] for u in run("users", "list", "ali", "--json").document["users"]] == ["alice", "alina"]
    assert [u["username"] for u in run("users", "list", "is:superuser", "--json").document["users"]] == ["maria"]
    ended = run("users", "list", "zzz")
    assert (ended.code, ended.err.startswith("Nobody matches")) == (0, True)


def test_a_query_as_an_option(maria: str, run: Run) -> None:
    by_argument = run("users", "list", "ali", "--json").document
    assert run("users", "list", "--query", "ali", "--json").document == by_argument
    assert run("users", "list", "--json", "--query=ali").document == by_argument
    others = run("users", "list", "--query=-ali", "--json").document
    assert [user["username"] for user in others["users"]] == ["bob", "maria"]
    assert run("users", "list", "ali", "--query", "bob").code == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("is:nonsense",), "character"),
        (("--query=id:99999999999",), "character 4: the largest id is"),
        (("*a*",), "character"),
        (("--order", "shoe-size"), "No index"),
        (("--after", "nonsense"), "--after"),
        (("role:nonsense",), "character"),
    ],
)
def test_what_cannot_be_listed(argv: tuple[str, ...], said: str, maria: str, run: Run) -> None:
    ended = run("users", "list", *argv)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_one_user(maria: str, run: Run) -> None:
    shown = run("users", "show", "alice", "--json").document["user"]
    assert shown["email"] == "alice@example.com"
    assert shown["history"][0]["action"] == "users.create"
    assert "hashed_password" not in shown
    for name in (str(shown["id"]), "ALICE", "name:alice"):
        text = run("users", "show", name)
        assert text.code == 0
        assert text.out.startswith(f"alice #{shown['id']}")
        assert "alice@example.com" in text.out


@pytest.mark.parametrize("name", ["nobody", "999999", "99999999999", "name:1", ""])
def test_nobody_of_this_name(name: str, maria: str, run: Run) -> None:
    ended = run("users", "show", name, "--json")
    assert ended.code == 1
    assert ended.document["error"]["kind"] == "not_found"
    assert ended.err.startswith("shellback: There is no user")


def test_a_hostile_name_acts_on_nothing(maria: str, run: Run) -> None:
    user_id = str(_hostile_user(maria))
    for argv in (("users", "list"), ("users", "show", user_id), ("users", "unlock", user_id, "--dry-run")):
        ended = run(*argv)
        assert "\x1b" not in ended.out + ended.err
        assert "\u202e" not in ended.out + ended.err
        assert "\\x1b" in ended.out
    shown = run("users", "show", user_id, "--json")
    assert "\x1b" not in shown.out
    assert shown.document["user"]["full_name"] == HOSTILE


@pytest.mark.parametrize("name", ["a\x00b", "x" * 10_000, "\ufdfa" * 150])
def test_what_is_nobodys_name_is_not_found(name: str, maria: str, run: Run) -> None:
    ended = run("users", "show", f"name:{name}")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("shellback: There is no user ")
