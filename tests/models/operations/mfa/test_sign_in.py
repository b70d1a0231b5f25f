"""Signing in with a second factor: password and code decided together, each code once, wrong ones slowed down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import LoginAttempt, MfaFactor, UserAuthState, UserSession
from models.mfa_secrets import MfaKeys, use_key_file, use_keys
from models.operations import Secret, SignedIn, SignInCode, SignInRefused, resume, sign_in, verify_code
from models.operations.mfa.codes import CodeVerdict
from models.operations.sign_in.answers import CODE_NEEDED, NO_ENTRY, NO_ENTRY_WITH_CODE
from models.operations.sign_in.state import LOCK_AT
from tests.models.operations.mfa.phone import KEYS, enrolled, foreign, set_factors
from tests.models.operations.people import PASSWORD, events, set_columns, user

if TYPE_CHECKING:
    from pathlib import Path

    from tui.database import Database

RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")


async def enter(username: str, code: str | None = None, password: Secret = RIGHT) -> SignedIn | SignInRefused:
    return await sign_in(username, password, code=None if code is None else Secret(code))


def refused(answer: SignedIn | SignInRefused) -> tuple[SignInCode, str]:
    assert isinstance(answer, SignInRefused), answer
    return answer.code, answer.sentence


async def test_the_right_password_asks_for_the_code_and_both_together_sign_in(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    assert refused(await enter("maria")) == (SignInCode.CODE_NEEDED, CODE_NEEDED)
    assert not await UserSession.exists()
    assert not await UserAuthState.exists(user_id=maria.id)  # neither a failure nor a sign-in
    code = await phone.code()
    signed = await enter("maria", f" {code[:3]} {code[3:]} ")
    assert isinstance(signed, SignedIn)
    assert signed.token is not None
    assert isinstance(await resume(signed.token), SignedIn)
    factor = await MfaFactor.get(user_id=maria.id)
    assert factor.last_used_at is not None
    assert [attempt.outcome for attempt in await LoginAttempt.all().order_by("id")] == ["code asked", "ok"]
    assert [event.outcome for event in await events(action="auth.sign_in")] == ["ok"]


async def test_a_code_of_a_step_ago_or_ahead_is_taken_and_one_of_two_steps_is_not(database: Database) -> None:
    phone = await enrolled(await user("maria", "support"))
    for ahead in (-3, 3):
        assert refused(await enter("maria", await phone.code(ahead)))[0] is SignInCode.NO_ENTRY
    assert isinstance(await enter("maria", await phone.code(-1)), SignedIn)
    assert isinstance(await enter("maria", await phone.code(1)), SignedIn)


async def test_a_code_is_taken_once_and_none_before_it_is_taken_after_it(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    code, later = await phone.code(), await phone.code(1)
    assert isinstance(await enter("maria", later), SignedIn)
    for used in (later, code):
        assert refused(await enter("maria", used)) == (SignInCode.NO_ENTRY, NO_ENTRY_WITH_CODE)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 2


async def test_of_two_sign_ins_with_one_code_exactly_one_gets_in(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    code = await phone.code()
    answers = await asyncio.gather(*(enter("maria", code) for _ in range(4)))
    assert [isinstance(answer, SignedIn) for answer in answers].count(True) == 1
    assert await UserSession.filter(user_id=maria.id).count() == 1


async def test_after_the_clock_was_set_back_no_code_is_taken_twice(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    used = await phone.step(20)  # taken while the clock stood ten minutes ahead
    await set_factors(maria, last_used_step=used)
    assert refused(await enter("maria", await phone.code()))[0] is SignInCode.NO_ENTRY
    assert (await MfaFactor.get(user_id=maria.id)).last_used_step == used


async def test_after_the_clock_jumped_ahead_codes_are_taken_as_before(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    await set_factors(maria, last_used_step=1)
    assert isinstance(await enter("maria", await phone.code()), SignedIn)


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "12345",
        "1234567",
        "12345x",
        "٠١٢٣٤٥",
        "１２３４５６",
        "1" * 10_000,
        "-" * 10_000,
        "\x00" * 6,
        "\ud800",
        "1e5000",
    ],
    ids=["empty", "blank", "short", "long", "letter", "arabic", "wide", "huge", "dashes", "nul", "surrogate", "float"],
)
async def test_what_is_no_code_is_a_wrong_one(database: Database, code: str) -> None:
    maria = await user("maria", "support")
    await enrolled(maria)
    assert refused(await enter("maria", code)) == (SignInCode.NO_ENTRY, NO_ENTRY_WITH_CODE)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 1


async def test_digits_of_another_script_are_not_the_code(database: Database) -> None:
    phone = await enrolled(await user("maria", "support"))
    arabic = (await phone.code()).translate({ord(str(digit)): chr(0x660 + digit) for digit in range(10)})
    assert refused(await enter("maria", arabic))[0] is SignInCode.NO_ENTRY


async def test_wrong_codes_count_pause_and_lock_like_wrong_passwords(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    wrong = await phone.wrong_code()
    await set_state(maria.id, failed_count=2)
    assert refused(await enter("maria", wrong))[1] == NO_ENTRY_WITH_CODE
    # Paused now: the right code is refused alike, is not spent and not counted.
    code = await phone.code(1)
    assert refused(await enter("maria", code)) == (SignInCode.NO_ENTRY, NO_ENTRY_WITH_CODE)
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 3
    assert (await MfaFactor.get(user_id=maria.id)).last_used_step is None
    await set_state(maria.id, failed_count=LOCK_AT - 1, last_failed_at=None)
    await enter("maria", wrong)
    state = await UserAuthState.get(user_id=maria.id)
    assert state.locked_until is not None
    assert state.lock_cause == "failures"
    last = await LoginAttempt.all().order_by("-id").first()
    assert last is not None
    assert last.outcome == "wrong code, locked"
    # Locked: whether the password is right is not told either.
    assert refused(await enter("maria")) == (SignInCode.NO_ENTRY, NO_ENTRY)


async def test_with_a_code_everybody_gets_the_same_text(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    await user("off", "support", is_active=False)
    await user("plain", "support")
    code = await phone.code()
    answers = [
        await enter("nobody", code),
        await enter("off", code),
        await enter("plain", code, WRONG),
        await enter("maria", code, WRONG),
        await enter("maria", await phone.wrong_code()),
    ]
    assert {refused(answer) for answer in answers} == {(SignInCode.NO_ENTRY, NO_ENTRY_WITH_CODE)}
    # A wrong password spends nothing, and who has no authenticator may type a code.
    assert isinstance(await enter("maria", code), SignedIn)
    assert isinstance(await enter("plain", "000000"), SignedIn)


async def test_a_temporary_password_that_expired_is_said_before_any_code(database: Database) -> None:
    maria = await user("maria", "support")
    await enrolled(maria)
    await set_columns(maria, password_expires_at=maria.created_at - timedelta(days=1))
    assert refused(await enter("maria"))[0] is SignInCode.EXPIRED_PASSWORD


async def test_a_pending_authenticator_asks_for_nothing(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    await set_factors(maria, is_pending=True)
    assert isinstance(await enter("maria"), SignedIn)
    assert isinstance(await enter("maria", await phone.code()), SignedIn)
    assert (await MfaFactor.get(user_id=maria.id)).last_used_step is None


async def test_any_of_several_authenticators_will_do_and_codes_are_spent_apart(database: Database) -> None:
    maria = await user("maria", "support")
    phone, tablet = await enrolled(maria, "telephone"), await enrolled(maria, "tablet")
    await foreign(maria, "key")
    for device in (tablet, phone):
        assert isinstance(await enter("maria", await device.code()), SignedIn)
        assert refused(await enter("maria", await device.code(0)))[0] is SignInCode.NO_ENTRY


async def test_who_has_only_what_cannot_be_read_here_is_not_let_in(database: Database) -> None:
    await foreign(await user("key", "support"), "key")
    await foreign(await user("bytes", "support"), "app", "totp", b"\x00\xff of the service")
    for name in ("key", "bytes"):
        for code in (None, "123456"):
            found, sentence = refused(await enter(name, code))
            assert found is SignInCode.UNREADABLE_FACTOR
            assert "Ask a colleague to reset it" in sentence
            assert "shellback rescue" in sentence
    assert not await UserAuthState.exists()  # nobody guessed
    assert not await UserSession.exists()
    assert refused(await enter("key", None, WRONG)) == (SignInCode.NO_ENTRY, NO_ENTRY)


async def test_a_missing_or_wrong_key_lets_nobody_in_and_says_so(database: Database, tmp_path: Path) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    use_key_file(tmp_path / "gone")
    found, sentence = refused(await enter("maria", await phone.code()))
    assert found is SignInCode.UNREADABLE_FACTOR
    assert f"The key file {tmp_path / 'gone'} is not there" in sentence
    for keys in (
        MfaKeys({"1": "another key of the same tag, as long as it"}),
        MfaKeys({"2": "a key of another tag, as long as it"}),
    ):
        use_keys(keys)
        assert refused(await enter("maria"))[0] is SignInCode.UNREADABLE_FACTOR
        assert refused(await enter("maria", await phone.code()))[0] is SignInCode.UNREADABLE_FACTOR
    use_keys(KEYS)
    assert isinstance(await enter("maria", await phone.code()), SignedIn)


async def test_a_secret_that_was_cut_edited_or_copied_from_another_account_is_not_read(database: Database) -> None:
    maria, pedro = await user("maria", "support"), await user("pedro", "support")
    phone, his = await enrolled(maria), await enrolled(pedro)
    stored = (await MfaFactor.get(user_id=maria.id)).secret_encrypted
    edited = stored.replace(b'"k":"', b'"k":"A', 1)
    theirs = (await MfaFactor.get(user_id=pedro.id)).secret_encrypted
    for broken, device in ((stored[:-1], phone), (stored[:40], phone), (b"", phone), (edited, phone), (theirs, his)):
        await set_factors(maria, secret_encrypted=broken)
        assert refused(await enter("maria", await device.code()))[0] is SignInCode.UNREADABLE_FACTOR
    await set_factors(maria, secret_encrypted=stored)
    assert isinstance(await enter("maria", await phone.code()), SignedIn)


async def test_after_a_new_key_the_old_one_still_opens_and_the_next_code_seals_anew(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    before = (await MfaFactor.get(user_id=maria.id)).secret_encrypted
    rotated = {"1": "a key of the tests, long enough for one", "2": "the next key of the tests, as long as it"}
    use_keys(MfaKeys(rotated))
    assert isinstance(await enter("maria", await phone.code()), SignedIn)
    after = (await MfaFactor.get(user_id=maria.id)).secret_encrypted
    assert after != before
    use_keys(MfaKeys({"2": rotated["2"]}))  # the old one can go now
    assert isinstance(await enter("maria", await phone.code(1)), SignedIn)


async def test_a_code_can_be_verified_on_its_own(database: Database) -> None:
    maria = await user("maria", "support")
    assert await verify_code(maria.id, Secret("000000")) is CodeVerdict.NOT_ENROLLED
    phone = await enrolled(maria)
    code = Secret(await phone.code())
    both = await asyncio.gather(verify_code(maria.id, code), verify_code(maria.id, code))
    assert sorted(both) == [CodeVerdict.TAKEN, CodeVerdict.WRONG]
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 1
    await set_state(maria.id, failed_count=9)
    assert await verify_code(maria.id, Secret(await phone.wrong_code())) is CodeVerdict.WRONG
    assert await verify_code(maria.id, Secret(await phone.code(1))) is CodeVerdict.WRONG  # paused
    assert await verify_code(maria.id + 1, code) is CodeVerdict.WRONG


async def set_state(user_id: int, **columns: object) -> None:
    async with in_transaction():
        await UserAuthState.update_or_create(defaults=columns, user_id=user_id)
