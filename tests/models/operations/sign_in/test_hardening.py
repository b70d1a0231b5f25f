"""Sign-in when things are bad: hashes that nobody can verify, clocks that jump, names that no account can have."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from passlib.hash import bcrypt
from tortoise.transactions import in_transaction

from models import LoginAttempt, User, UserAuthState
from models.clock import database_now
from models.login_rules import is_locked, is_paused
from models.operations import Secret, SignedIn, SignInCode, SignInRefused, apply, plan_soft_delete, resume, sign_in
from models.operations.sign_in.answers import NO_ENTRY
from models.operations.sign_in.state import LOCK_AT, LOCK_FOR, wait_left
from models.passwords import hashing
from tests.models.operations.people import HASHED, PASSWORD, acting, events, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")
REFUSED = SignInRefused(SignInCode.NO_ENTRY, NO_ENTRY)
YEAR = timedelta(days=365)

BAD_HASHES = {
    "empty": "",
    "a marker": "!",
    "truncated": HASHED[:60],
    "cut by two": HASHED[:-2],
    "of MD5": "$1$abcdefgh$0123456789abcdefghijkl",
    "of a foreign program": "{SSHA}0123456789abcdefghijklmnopqrstuv",
    "of 4 TiB": HASHED.replace("m=65536", "m=4294967295"),
    "of 2 billion passes": HASHED.replace("t=3", "t=2147483647"),
    "of bcrypt at 31": "$2b$31$abcdefghijklmnopqrstuuWLeGmyBLeZYpqvmXhhyJqZPXk9w3jqK",
    "not text": "\N{PILE OF POO}" * 20,
}


@pytest.mark.parametrize("stored", BAD_HASHES.values(), ids=BAD_HASHES)
async def test_a_bad_hash_is_a_wrong_password_after_one_verify_at_the_policy(
    stored: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = await user("maria", "support")
    await set_columns(maria, hashed_password=stored)
    verified = []
    really = hashing._matches

    def noted(secret: bytes, against: str, scheme: str) -> bool | None:
        verified.append(against)
        return really(secret, against, scheme)

    monkeypatch.setattr(hashing, "_matches", noted)
    assert await sign_in("maria", RIGHT) == REFUSED
    # What is stored reaches the library only where it could be a hash, which fails at once then.
    assert verified == ([stored] if stored == HASHED[:-2] else []) + [hashing.NOBODYS]
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 1
    assert (await events())[-1].meta == {"why": "wrong"}


async def test_a_deleted_account_is_answered_like_one_that_never_was(database: Database) -> None:
    root, alice = await superuser(), await user("alice", "support")
    assert (await apply(await plan_soft_delete(acting(root), alice.id))).is_ok
    assert await sign_in("alice", RIGHT) == await sign_in("nobody-ever", RIGHT) == REFUSED


@pytest.mark.parametrize("name", ["", " ", "\0", "\ud800", "x" * 10_000, "a\u202eb", "'; --", "%"])
async def test_a_name_that_no_account_can_have_is_answered_like_every_other(name: str, database: Database) -> None:
    await user("maria", "support")
    assert await sign_in(name, RIGHT) == REFUSED
    assert len((await LoginAttempt.get()).username_tried) <= 150


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 5_000, "é" * 3_000])
async def test_what_can_be_no_password_is_a_wrong_one(password: str, database: Database) -> None:
    await user("maria", "support")
    assert await sign_in("maria", Secret(password)) == REFUSED


async def test_an_old_hash_costs_another_one_only_where_somebody_was_let_in(database: Database) -> None:
    old = bcrypt.using(rounds=4).hash(PASSWORD)
    maria = await user("maria", "support", hashed_password=old, is_active=False)
    assert await sign_in("maria", RIGHT) == REFUSED
    assert (await User.get(id=maria.id)).hashed_password == old
    await set_columns(maria, is_active=True)
    assert isinstance(await sign_in("maria", RIGHT), SignedIn)
    assert (await User.get(id=maria.id)).hashed_password.startswith("$argon2id$")
    assert (await reread(maria)).version == maria.version


# Clocks that jump ---------------------------------------------------------------------------------------------------


async def state_of(maria_id: int, **columns: object) -> None:
    async with in_transaction():
        await UserAuthState.update_or_create(columns, user_id=maria_id)


async def test_a_clock_that_was_set_back_locks_nobody_for_ever(database: Database) -> None:
    maria = await user("maria", "support")
    now = await database_now(database.client)
    late = {"failed_count": LOCK_AT, "lock_cause": "failures", "last_failed_at": now + YEAR}
    await state_of(maria.id, locked_until=now + YEAR + LOCK_FOR, **late)
    # One failure begins the count anew, so that the old lock is no free pass to guess.
    assert await sign_in("maria", WRONG) == REFUSED
    state = await UserAuthState.get(user_id=maria.id)
    assert (state.failed_count, state.locked_until) == (1, None)
    await state_of(maria.id, locked_until=now + YEAR, **late)
    assert isinstance(await sign_in("maria", RIGHT), SignedIn)


async def test_a_lock_that_a_colleague_set_stands_however_long(database: Database) -> None:
    maria = await user("maria", "support")
    now = await database_now(database.client)
    await state_of(maria.id, locked_until=now + YEAR, lock_cause="locked by root")
    assert await sign_in("maria", RIGHT) == REFUSED


async def test_a_clock_that_was_set_forward_ends_locks_and_sessions(database: Database) -> None:
    maria = await user("maria", "support")
    now = await database_now(database.client)
    await state_of(maria.id, locked_until=now - YEAR, lock_cause="failures", failed_count=LOCK_AT)
    signed = await sign_in("maria", RIGHT)
    assert isinstance(signed, SignedIn)
    assert signed.token is not None
    async with in_transaction():
        from models import UserSession

        await UserSession.filter(id=signed.session_id).update(expires_at=now - YEAR)
    assert isinstance(await resume(signed.token), SignInRefused)


def test_no_wait_is_negative_or_longer_than_the_pause() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 2, tzinfo=UTC)
    for ahead in (-YEAR, timedelta(seconds=-1), timedelta(0), timedelta(seconds=1), YEAR):
        state = UserAuthState(user_id=1, failed_count=5, last_failed_at=now + ahead)
        wait = wait_left(state, now)
        assert timedelta(0) <= wait <= timedelta(seconds=4), ahead
        assert bool(wait) == is_paused(state, now)
        locked = UserAuthState(user_id=1, lock_cause="failures", locked_until=now + ahead)
        assert timedelta(0) <= wait_left(locked, now) <= LOCK_FOR
        assert is_locked(locked, now) == (timedelta(0) < ahead <= LOCK_FOR)
