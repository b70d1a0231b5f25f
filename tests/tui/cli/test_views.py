"""`views` and `users list --view`, `--columns`."""

import pytest

from models import Account, SavedView
from tests.tui.cli.conftest import Run, in_database
from tests.tui.migrate.own import COUNT, VERSIONS


def test_the_built_in_ones(maria: str, run: Run) -> None:
    views = run("views", "list", "--json").document["views"]
    assert [view["kind"] for view in views] == ["built-in"] * 7
    assert views[0] == {
        "name": "Locked now",
        "query": "is:locked",
        "kind": "built-in",
        "columns": None,
        "order": None,
        "id": None,
        "owner": None,
        "shared": False,
        "version": None,
    }
    text = run("views", "list")
    assert text.out.splitlines()[0].split() == ["VIEW", "WHOSE", "QUERY"]
    assert "Superusers" in text.out
    found = run("users", "list", "--view", "superUSERS", "--json").document["users"]
    assert [user["username"] for user in found] == ["maria"]
    for view in views:
        assert run("users", "list", "--view", view["name"]).code == 0


def test_a_view_lives_and_ends(maria: str, run: Run) -> None:
    saved = run(
        *("views", "save", "Ali people", "ali", "--order", "created-", "--columns", "id,username,email,is_verified"),
        *("--yes", "--json", "--reason", "daily"),
    )
    assert (saved.code, saved.document["outcome"]["sentence"]) == (0, "The view Ali people was saved.")
    table = run("users", "list", "--view", "ali PEOPLE")
    assert table.out.splitlines()[0].split() == ["ID", "USERNAME", "E-MAIL", "VERIFIED"]
    assert [line.split()[1] for line in table.out.splitlines()[1:]] == ["alina", "alice"]
    narrowed = run("users", "list", "alic", "--view", "ali people", "--order", "id", "--json").document["users"]
    assert [user["username"] for user in narrowed] == ["alice"]
    assert "full_name" in narrowed[0]
    assert run("views", "rename", "ali people", "Alis", "--yes").out == "The view Ali people is called Alis now.\n"
    assert run("views", "share", "alis", "--yes").code == 0
    assert "yours, shared" in run("views", "list").out
    assert run("views", "unshare", "alis", "--yes").code == 0
    again = run("views", "save", "alis", "bob", "--yes")
    assert (again.code, "already" in again.err) == (1, True)
    dry = run("views", "save", "alis", "bob", "--replace", "--dry-run", "--json").document["plan"]
    assert {change["field"]: change["after"] for change in dry["changes"]} == {
        "query": "bob",
        "columns": None,
        "order": None,
    }
    assert run("views", "save", "alis", "bob", "--replace", "--yes").code == 0
    assert [u["username"] for u in run("users", "list", "--view", "alis", "--json").document["users"]] == ["bob"]
    assert run("views", "save", "other", "bob", "--replace", "--share", "--yes").code == 0
    assert run("views", "save", "other", "bob", "--replace", "--share", "--yes").code == 2
    assert run("views", "delete", "alis", "--yes").out == "The view Alis was deleted.\n"
    ended = run("views", "delete", "alis", "--yes", "--json")
    assert (ended.code, ended.document["error"]["kind"]) == (1, "not_found")
    actions = [event["action"] for event in run("audit", "list", "--json").document["events"]]
    assert actions[:2] == ["views.delete", "views.save"]


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (("views", "save", "x", "is:lockd"), 2, "at character 4: "),
        (("views", "save", "x", "ali role:nobody"), 2, "at character 10: there is no role nobody"),
        (("views", "save", "x", "ali", "--order", "moon"), 2, "No index serves the order moon"),
        (("views", "save", "x", "ali", "--columns", "id,emial"), 2, "Did you mean email?"),
        (("views", "save", " ", "ali"), 1, "A view needs a name"),
        (("views", "save", "locked NOW", "ali"), 1, "A built-in view has this name"),
        (("views", "save", "a\x1b]52;c;eA==\x07", "ali"), 1, "U+001B"),
        (("views", "delete", "locked now"), 3, "built-in view, which nobody changes"),
        (("views", "share", "none"), 1, "There is no view none"),
        (("users", "list", "--view", "none"), 1, "There is no view none"),
        (("users", "list", "--columns", "hashed_password"), 2, "There is no column hashed_password"),
    ],
)
def test_what_is_refused(maria: str, run: Run, argv: tuple[str, ...], code: int, says: str) -> None:
    ended = run(*argv, *(["--yes"] if argv[0] == "views" else []))
    assert ended.code == code
    assert says in ended.err
    assert "\x1b" not in ended.err
    assert len(run("views", "list", "--json").document["views"]) == 7


def test_it_asks_before_it_writes(maria: str, run: Run) -> None:
    assert run("views", "save", "x", "ali").code == 2
    assert run("--read-only", "views", "save", "x", "ali", "--yes").code == 3


def test_columns_of_a_page(maria: str, run: Run) -> None:
    names = "username,state,roles,failed_count,last_login_ip,updated_at,version"
    table = run("users", "list", "alice", "--columns", names).out.splitlines()
    assert table[0].split() == [
        *("USERNAME", "STATE", "ROLES", "FAILURES", "LOGIN", "FROM", "CHANGED", "(UTC)", "VERSION"),
    ]
    assert table[1].split()[:2] == ["alice", "active"]
    (alice,) = run("users", "list", "alice", "--columns", names, "--json").document["users"]
    assert list(alice) == names.split(",")
    assert (alice["username"], alice["roles"], alice["failed_count"]) == ("alice", [], None)
    assert alice["updated_at"].endswith("+00:00")


def test_a_shared_view_of_somebody_else(maria: str, run: Run) -> None:
    async def share() -> None:
        from tortoise.transactions import in_transaction

        async with in_transaction():
            bob = await Account.get(username="bob")
            await SavedView.create(owner_id=bob.id, name="bob's", query="alina", is_shared=True)
            await SavedView.create(owner_id=bob.id, name="secret", query="alina")
            await SavedView.create(owner_id=bob.id, name="broken", query="is:nonsense", is_shared=True)

    in_database(maria, share)
    found = run("users", "list", "--view", "bob's", "--json").document["users"]
    assert [user["username"] for user in found] == ["alina"]
    assert run("users", "list", "--view", "secret").code == 1
    broken = run("users", "list", "--view", "broken")
    assert (broken.code, "at character 4" in broken.err) == (2, True)
    assert run("views", "delete", "bob's", "--yes").code == 0  # maria is a superuser


def test_a_database_before_views_could_be_shared_says_what_is_pending(empty_url: str, run: Run) -> None:
    url = ("--url", empty_url)
    assert run("migrate", "apply", *url, "--to", "1", "--yes").code == 0
    for argv in (("views", "list"), ("users", "list"), ("login", "--as", "maria", "--password-stdin")):
        ended = run(*argv, *url, "--json", stdin="x\n")
        assert ended.code in (3, 5)
        assert ended.document["error"]["kind"] in ("pending", "refused")
    pending = run("login", *url, "--as", "maria", "--password-stdin", stdin="x\n")
    assert (pending.code, f"needs {COUNT - 2} migrations first: shellback migrate apply" in pending.err) == (5, True)
    status = run("migrate", "status", *url, "--json").document
    assert status["pending"] == [*VERSIONS[2:]]
    assert run("migrate", "apply", *url, "--yes").code == 0
    assert run("migrate", "status", *url).code == 0
