"""The web service asks for the code of an authenticator too, once for each step, and knows no way around it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models import LoginAttempt, UserAuthState
from models.mfa_secrets import MfaKeys, use_keys
from models.operations import Secret
from models.operations.service import ServiceCode, ServiceRefused, ServiceSession, authenticate
from tests.models.operations.mfa.phone import enrolled, foreign
from tests.models.operations.people import PASSWORD, user

if TYPE_CHECKING:
    from tui.database import Database

RIGHT = Secret(PASSWORD)


async def outcomes() -> list[str]:
    return [attempt.outcome for attempt in await LoginAttempt.all().order_by("id")]


async def test_a_code_is_asked_for_and_lets_in_once(database: Database) -> None:
    alice = await user("alice")
    phone = await enrolled(alice)
    asked = await authenticate("alice", RIGHT)
    assert isinstance(asked, ServiceRefused)
    assert asked.code is ServiceCode.CODE_NEEDED
    mistyped = await authenticate("alice", Secret("not this one at all"))
    assert isinstance(mistyped, ServiceRefused)
    assert mistyped.code is ServiceCode.NO_ENTRY

    wrong = await authenticate("alice", RIGHT, code=Secret(await phone.wrong_code()))
    assert isinstance(wrong, ServiceRefused)
    assert wrong.code is ServiceCode.NO_ENTRY
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 2

    code = Secret(await phone.code())
    answers = await asyncio.gather(*(authenticate("alice", RIGHT, code=code) for _ in range(2)))
    assert sorted(type(answer).__name__ for answer in answers) == ["ServiceRefused", "ServiceSession"]
    assert (await outcomes())[:3] == ["code asked", "wrong", "wrong code"]


async def test_without_the_key_nobody_with_an_authenticator_gets_in(database: Database) -> None:
    await user("bob")
    phone = await enrolled(await user("alice"))
    code = Secret(await phone.code())
    use_keys(MfaKeys({"1": "another key, and long enough for one too"}))
    refused = await authenticate("alice", RIGHT, code=code)
    assert isinstance(refused, ServiceRefused)
    assert refused.code is ServiceCode.NO_ENTRY
    assert isinstance(await authenticate("bob", RIGHT), ServiceSession)
    assert await outcomes() == ["factor unreadable", "ok"]


async def test_a_service_with_second_factors_of_its_own_is_not_asked(database: Database) -> None:
    alice = await user("alice")
    await foreign(alice, "a key of the service")
    assert isinstance(await authenticate("alice", RIGHT), ServiceRefused)
    assert isinstance(await authenticate("alice", RIGHT, asks_code=False), ServiceSession)
