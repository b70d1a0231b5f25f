"""The current password, asked again before one's own way in changes: many guesses at once are no better than one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import UserAuthState
from models.clock import database_now
from models.operations import Secret
from models.operations.context import Stopped
from models.operations.sign_in import own_proof as module
from models.operations.sign_in.own_proof import prove_own_password
from models.operations.sign_in.state import LOCK_AT
from models.passwords import Verdict, hash_password
from models.passwords import verify_off_loop as verify
from tests.models.operations.people import PASSWORD, set_columns, user

if TYPE_CHECKING:
    from tui.database import Database

GUESSES = 6


async def test_of_many_at_once_none_is_taken_behind_the_lock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await user("alice")
    async with in_transaction():
        past = await database_now(database.client) - timedelta(hours=1)
        await UserAuthState.create(user_id=alice.id, failed_count=LOCK_AT - 1, last_failed_at=past)
    all_are_verified = asyncio.Barrier(GUESSES)

    async def verified(_client: object, _id: int, text: str, _: str | None) -> Verdict:
        await all_are_verified.wait()
        return Verdict.OK if text == PASSWORD else Verdict.WRONG

    monkeypatch.setattr(module, "verify_stored", verified)
    guesses = [prove_own_password(alice.id, Secret(f"guess {number}")) for number in range(GUESSES)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(answer, Stopped) for answer in answers)
    state = await UserAuthState.get(user_id=alice.id)
    assert (state.failed_count, state.lockout_count) == (LOCK_AT, 1)


async def test_a_hash_renewed_meanwhile_is_no_wrong_password(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, renewed = await user("alice"), hash_password(PASSWORD)

    async def verified_late(_client: object, _id: int, text: str, stored: str | None) -> Verdict:
        verdict = await verify(text, stored)
        await set_columns(alice, hashed_password=renewed)
        return verdict

    monkeypatch.setattr(module, "verify_stored", verified_late)
    assert await prove_own_password(alice.id, Secret(PASSWORD)) == renewed
    assert not await UserAuthState.filter(failed_count__gt=0).exists()
