"""The real terminal program beside the real service, on one database: what is pressed here is so there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from passlib.hash import bcrypt
from tortoise.transactions import in_transaction

from models import User, UserAuthState, UserRole
from models.clock import database_now
from tests.e2e.program import (
    clear_search,
    leave,
    other_name,
    press_until,
    press_until_gone,
    search,
    shellback,
    type_full_name,
    wait_for_rows,
)
from tests.e2e.service.conftest import Beside
from tests.e2e.terminal import Terminal
from tests.models.operations.people import PASSWORD

GENERATED = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")
NEW = "a quite different sentence"


@contextmanager
def at(beside: Beside, username: str) -> Iterator[Terminal]:
    """The terminal with the cursor on this user, the only one found."""
    with shellback(environment=beside.people.signed_in, columns=100, rows=30) as terminal:
        wait_for_rows(terminal)
        search(terminal, f'"{username}"', "1 match")
        other_name(terminal, "")
        yield terminal
        clear_search(terminal)
        leave(terminal)


def revealed(terminal: Terminal) -> str:
    """The generated password, shown and closed."""
    found = GENERATED.search(press_until(terminal, "r", GENERATED))
    assert found is not None
    press_until_gone(terminal, "escape", "Shown once")
    for below in ("Reset password", "A new user"):
        terminal.wait_gone(below)
    return found[0]


def test_created_and_reset_here_signs_in_there(beside: Beside) -> None:
    service = beside.service
    with shellback(environment=beside.people.signed_in, columns=100, rows=30) as terminal:
        wait_for_rows(terminal)
        press_until(terminal, "n", "A new user")
        press_until(terminal, "a", "shellback users create a")
        terminal.press("ctrl+u")
        terminal.write("alice")
        terminal.wait_for("shellback users create alice")
        press_until(terminal, "ctrl+s", "Review the new user")
        press_until(terminal, "y", "r reveals")
        first = revealed(terminal)
        leave(terminal)
    token = service.sign_in("alice", first)
    assert service.get(token).status_code == 403
    with service.client(token) as client:
        token = client.post("/change-password", json={"current": first, "new": NEW}).json()["access_token"]
    assert service.me(token)["user"]["username"] == "alice"

    with at(beside, "alice") as terminal:
        press_until(terminal, "p", "Reset password")
        press_until(terminal, "ctrl+s", "r reveals")
        assert service.get(token).status_code == 401  # before anybody has seen the new one
        second = revealed(terminal)
    assert service.try_sign_in("alice", NEW).status_code == 400
    assert service.try_sign_in("alice", second).json()["scope"] == "change_password"


def test_sessions_ended_and_account_deactivated_here(beside: Beside) -> None:
    beside.add("alice")
    service = beside.service
    token = service.sign_in("alice", PASSWORD)
    with at(beside, "alice") as terminal:
        press_until(terminal, "K", "End all sessions")
        press_until_gone(terminal, "ctrl+s", "End all sessions")
        assert service.get(token).status_code == 401
        token = service.sign_in("alice", PASSWORD)
        press_until(terminal, "A", "Deactivate an account")
        press_until_gone(terminal, "ctrl+s", "Deactivate an account")
        assert service.get(token).status_code == 401
        assert service.try_sign_in("alice", PASSWORD).status_code == 400
        terminal.wait_for("INACTIVE")


def test_a_hash_made_anew_there_does_not_disturb_an_edit_here(beside: Beside) -> None:
    alice = beside.add("alice", hashed_password=bcrypt.using(rounds=4).hash(PASSWORD))
    service = beside.service
    with at(beside, "alice") as terminal:
        press_until(terminal, "e", "Edit user")
        type_full_name(terminal, "alice", "Alice Liddell")
        token = service.sign_in("alice", PASSWORD)  # meanwhile
        press_until(terminal, "ctrl+s", "->")
        service.sign_in("alice", PASSWORD)  # and again, while the review is open
        press_until(terminal, "y", "Saved")
    assert service.me(token)["user"]["full_name"] == "Alice Liddell"

    async def row() -> User:
        return await User.get(id=alice)

    stored = beside.within(row)
    assert (stored.version, stored.hashed_password[:10]) == (2, "$argon2id$")


def test_locked_there_and_let_in_again_here_with_three_keys(beside: Beside) -> None:
    alice = beside.add("alice")
    service = beside.service

    async def nearly() -> None:
        """Nine failures, long ago."""
        async with in_transaction() as client:
            earlier = await database_now(client) - timedelta(hours=1)
            await UserAuthState.create(user_id=alice, failed_count=9, last_failed_at=earlier, using_db=client)

    beside.within(nearly)
    assert service.try_sign_in("alice", "mistyped once more").status_code == 400
    assert service.try_sign_in("alice", PASSWORD).status_code == 400
    with at(beside, "alice") as terminal:
        terminal.press("w")
        why = terminal.wait_for("127.0.0.1")
        assert re.search(r"locked", why, re.IGNORECASE), why
        press_until(terminal, "L", "Lock or unlock an account")
        press_until_gone(terminal, "ctrl+s", "Lock or unlock an account")
        assert service.try_sign_in("alice", PASSWORD).status_code == 200
        press_until(terminal, "escape", "1 match")


def test_a_role_granted_here_until_a_day_is_seen_there(beside: Beside) -> None:
    alice = beside.add("alice")
    service = beside.service
    token = service.sign_in("alice", PASSWORD)
    with at(beside, "alice") as terminal:
        terminal.press("enter")
        terminal.wait_for("Users > alice")
        press_until(terminal, "]", "No roles")
        press_until(terminal, "+", "Until")
        press_until(terminal, "down", f"roles grant {alice} dba")
        press_until(terminal, "up", f"roles grant {alice} auditor")
        terminal.press("tab")
        terminal.write("30d")
        terminal.wait_for("--until 30d")
        terminal.press("ctrl+s")
        terminal.wait_gone("shellback roles grant")
        terminal.wait_for("auditor")
        assert service.get(token, "/users").status_code == 200
        press_until(terminal, "escape", "1 match")

    async def until() -> timedelta:
        grant = await UserRole.get(user_id=alice)
        assert grant.expires_at is not None
        return grant.expires_at - grant.granted_at

    assert timedelta(days=29) < beside.within(until) < timedelta(days=31)


def test_ten_sign_in_there_while_an_edit_is_saved_here(beside: Beside) -> None:
    names = ["alice", *(f"person{number}" for number in range(9))]
    for name in names:
        beside.add(name)
    service = beside.service
    with at(beside, "alice") as terminal:
        press_until(terminal, "e", "Edit user")
        type_full_name(terminal, "alice", "Alice Liddell")
        press_until(terminal, "ctrl+s", "->")
        with ThreadPoolExecutor(10) as pool:
            entered = [pool.submit(service.sign_in, name, PASSWORD) for name in names]
            press_until(terminal, "y", "Saved")
            tokens = [one.result() for one in entered]
    assert service.me(tokens[0])["user"]["full_name"] == "Alice Liddell"
    assert {service.get(token).status_code for token in tokens} == {200}
