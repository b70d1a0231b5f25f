"""What is done to an account in Shellback counts in the service from the next request on, with the same token."""

from __future__ import annotations

import re
import signal
from datetime import timedelta
from functools import partial

import jwt
from tortoise.transactions import in_transaction

from models import Account, UserAuthState, UserRole, UserSession
from models.clock import database_now
from models.operations.transactions import connection
from tests.e2e.service.conftest import Beside
from tests.e2e.service.running import Service
from tests.models.operations.people import PASSWORD, set_columns

INVALID = 'Bearer error="invalid_token"'

ENDS = {
    "reset": ("users", "reset", "anna", "--porcelain"),
    "deactivate": ("users", "deactivate", "bela"),
    "lock": ("users", "lock", "carl"),
    "revoke": ("users", "revoke-sessions", "dora"),
    "delete": ("users", "delete", "emil"),
    "hard delete": ("users", "delete", "fritz", "--hard", "--confirm", "fritz"),
    "disable the password": ("users", "reset", "gerd", "--method", "disable"),
    "bulk": ("users", "bulk", "deactivate", "--query", '"hanna"'),
}


def test_it_ends_what_is_open_at_once(beside: Beside) -> None:
    beside.add("bystander")
    service = beside.service
    bystander = service.sign_in("bystander", PASSWORD)
    beside.shellback("confirm", "delete", "--password-stdin", stdin=beside.people.password)
    for how, command in ENDS.items():
        username = command[-1].strip('"') if how in ("bulk", "hard delete") else command[2]
        beside.add(username)
        tokens = [service.sign_in(username, PASSWORD) for _ in range(2)]
        assert service.me(tokens[0])["user"]["username"] == username
        beside.shellback(*command, "--yes")
        for token in tokens:
            answer = service.get(token)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, INVALID), how
        assert service.get(bystander).status_code == 200, how
        assert service.try_sign_in(username, PASSWORD).status_code == (200 if how == "revoke" else 400), how


def test_what_is_lifted_here_opens_again_there(beside: Beside) -> None:
    beside.add("alice")
    service = beside.service
    token = service.sign_in("alice", PASSWORD)
    beside.shellback("users", "lock", "alice", "--yes")
    assert service.get(token).status_code == 401
    beside.shellback("users", "unlock", "alice", "--yes")
    assert service.get(token).status_code == 200  # nobody ended the session
    beside.shellback("users", "deactivate", "alice", "--yes")
    beside.shellback("users", "activate", "alice", "--yes")
    assert service.get(token).status_code == 401  # somebody did
    assert service.try_sign_in("alice", PASSWORD).status_code == 200


def test_one_session_is_ended_and_the_other_goes_on(beside: Beside) -> None:
    beside.add("alice")
    service = beside.service
    first, second, third = (service.sign_in("alice", PASSWORD) for _ in range(3))
    ids = {token: jwt.decode(token, service.secret, ["HS256"])["sid"] for token in (first, second, third)}
    listed = beside.shellback("users", "sessions", "alice")
    assert all(str(session) in listed for session in ids.values())
    assert "api" in listed

    beside.shellback("users", "sessions", "alice", "--end", str(ids[second]), "--yes")
    assert [service.get(token).status_code for token in (first, second, third)] == [200, 401, 200]
    beside.shellback("users", "sessions", "alice", "--end-all", "--keep", str(ids[third]), "--yes")
    assert [service.get(token).status_code for token in (first, second, third)] == [401, 401, 200]
    beside.shellback("users", "sessions", "alice", "--end-all", "--yes")
    assert service.get(third).status_code == 401
    with service.client(service.sign_in("alice", PASSWORD)) as client:
        client.post("/logout")
    assert "signed out" in beside.shellback("users", "sessions", "alice", "--ended")


def test_an_account_ends_at_its_own_date(beside: Beside) -> None:
    alice = beside.add("alice")
    service = beside.service
    token = service.sign_in("alice", PASSWORD)

    async def end(ahead: timedelta) -> None:
        await set_columns(await Account.get(id=alice), expires_at=await database_now(connection()) + ahead)

    beside.within(lambda: end(timedelta(hours=1)))
    assert service.get(token).status_code == 200
    beside.within(lambda: end(timedelta(0)))
    assert service.get(token).status_code == 401
    assert service.try_sign_in("alice", PASSWORD).status_code == 400


def test_a_session_outlives_the_service_but_not_its_end(beside: Beside) -> None:
    alice = beside.add("alice")
    service = beside.service
    token = service.sign_in("alice", PASSWORD)
    assert service.stop() in (0, -signal.SIGTERM)
    beside.shellback("users", "edit", "alice", "--set", "full_name=Alice", "--yes")
    service.start()
    assert service.me(token)["user"]["full_name"] == "Alice"
    service.stop()
    beside.shellback("users", "revoke-sessions", "alice", "--yes")
    service.start()
    assert service.get(token).status_code == 401

    late = service.sign_in("alice", PASSWORD)

    async def over() -> None:
        async with in_transaction() as client:
            now = await database_now(client)
            assert await UserSession.filter(user_id=alice, revoked_at=None).using_db(client).update(expires_at=now)

    beside.within(over)
    assert service.get(late).status_code == 401


def test_another_secret_opens_nothing(beside: Beside) -> None:
    beside.add("alice")
    token = beside.service.sign_in("alice", PASSWORD)
    with Service(beside.people.url) as other:
        assert other.get(token).status_code == 401
        assert other.me(other.sign_in("alice", PASSWORD))["user"]["username"] == "alice"


def test_failures_there_show_here_and_count_for_the_lock(beside: Beside) -> None:
    alice = beside.add("alice")
    service = beside.service
    for _ in range(3):
        assert service.try_sign_in("alice", "wrong password here").status_code == 400
    why = beside.try_shellback("users", "why", "alice").stdout
    # In the first second the account is made to wait as well; the command may come later.
    assert re.search(r"3 (failed sign-ins|wrong passwords)", why), why
    assert "from 127.0.0.1" in why

    async def nearly() -> None:
        """Six more, long ago."""
        async with in_transaction() as client:
            earlier = await database_now(client) - timedelta(hours=1)
            rows = UserAuthState.filter(user_id=alice).using_db(client)
            assert await rows.update(failed_count=9, last_failed_at=earlier)

    beside.within(nearly)
    assert service.try_sign_in("alice", "wrong password here").status_code == 400
    assert service.try_sign_in("alice", PASSWORD).status_code == 400
    assert "locked" in beside.try_shellback("users", "why", "alice").stdout.lower()
    beside.shellback("users", "unlock", "alice", "--yes")
    assert service.try_sign_in("alice", PASSWORD).status_code == 200


def test_a_role_granted_here_is_seen_there_until_it_ends(beside: Beside) -> None:
    service = beside.service
    beside.shellback("confirm", "roles", "--password-stdin", stdin=beside.people.password)

    async def over(user_id: int) -> None:
        async with in_transaction() as client:
            now = await database_now(client)
            assert await UserRole.filter(user_id=user_id).using_db(client).update(expires_at=now)

    for ending in ("revoked", "expired", "narrowed"):  # the last one is felt by everybody who has the role
        user_id = beside.add(ending)
        token = service.sign_in(ending, PASSWORD)
        assert service.get(token, "/users").status_code == 403
        beside.shellback("roles", "grant", ending, "auditor", "--until", "30d", "--yes")
        assert service.me(token)["roles"] == ["auditor"]
        assert service.get(token, "/users").status_code == 200  # the token of before
        if ending == "revoked":
            beside.shellback("roles", "revoke", ending, "auditor", "--yes")
        elif ending == "narrowed":
            beside.shellback("roles", "edit", "auditor", "--forbid", "users.view", "--reason", "less", "--yes")
        else:
            beside.within(partial(over, user_id))
        assert service.get(token, "/users").status_code == 403, ending
        assert service.me(token)["roles"] == (["auditor"] if ending == "narrowed" else []), ending
