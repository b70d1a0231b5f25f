"""One's own authenticators: enrolled with the password, pending until a right code, removed with the password."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import MfaFactor, UserAuthState
from models.mfa_secrets import MfaKeys, use_key_file, use_keys
from models.operations import (
    RefusalCode,
    Secret,
    Status,
    apply,
    plan_confirm_factor,
    plan_enrol,
    plan_remove_own_factor,
)
from models.operations.mfa.own import LABEL_LENGTH, MOST, PENDING_FOR
from tests.models.operations.mfa.phone import Phone, enrolled, foreign, set_factors
from tests.models.operations.people import PASSWORD, acting, events, set_columns, user

if TYPE_CHECKING:
    from pathlib import Path

    from tui.database import Database

RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")


async def test_an_authenticator_waits_for_its_first_code_and_counts_from_then_on(database: Database) -> None:
    maria = await user("maria", "support")
    me = acting(maria)
    outcome = await apply(await plan_enrol(me, " telephone ", RIGHT))
    assert outcome.status is Status.OK, outcome.sentence
    assert outcome.secret is not None
    phone = Phone(outcome.secret)
    assert phone.uri.startswith("otpauth://totp/Shellback:maria?secret=")
    factor = await MfaFactor.get(user_id=maria.id)
    assert (factor.kind, factor.label, factor.is_pending) == ("totp", "telephone", True)

    wrong = await apply(await plan_confirm_factor(me, Secret(await phone.wrong_code())))
    assert (wrong.status, wrong.refusals[0].code) == (Status.REFUSED, RefusalCode.WRONG_CODE)
    assert not await UserAuthState.exists(user_id=maria.id)  # a slip of the finger is no failed sign-in
    before = await phone.step()
    confirmed = await apply(await plan_confirm_factor(me, Secret(await phone.code())))
    assert confirmed.status is Status.OK, confirmed.sentence
    factor = await MfaFactor.get(user_id=maria.id)
    assert not factor.is_pending
    assert factor.last_used_step in {before, before + 1}  # spent: the code that confirms signs nobody in
    assert [(event.action, event.outcome) for event in await events()] == [
        ("mfa.enrol", "ok"),
        ("mfa.confirm", "denied"),
        ("mfa.confirm", "ok"),
    ]


async def test_to_begin_again_voids_the_secret_that_was_shown(database: Database) -> None:
    me = acting(await user("maria", "support"))
    first, second = [(await apply(await plan_enrol(me, "telephone", RIGHT))).secret for _ in range(2)]
    assert first is not None
    assert second is not None
    assert await MfaFactor.all().count() == 1
    old = await apply(await plan_confirm_factor(me, Secret(await Phone(first).code())))
    assert old.refusals[0].code is RefusalCode.WRONG_CODE
    assert (await apply(await plan_confirm_factor(me, Secret(await Phone(second).code())))).status is Status.OK


async def test_a_secret_that_was_shown_long_ago_is_void(database: Database) -> None:
    maria = await user("maria", "support")
    shown = (await apply(await plan_enrol(acting(maria), "telephone", RIGHT))).secret
    assert shown is not None
    factor = await MfaFactor.get(user_id=maria.id)
    plan = await plan_confirm_factor(acting(maria), Secret(await Phone(shown).code()))
    await set_factors(maria, created_at=factor.created_at - PENDING_FOR - timedelta(seconds=1))
    assert (await apply(plan)).refusals[0].code is RefusalCode.STATE  # planned in time, written too late
    late = await plan_confirm_factor(acting(maria), Secret(await Phone(shown).code()))
    assert [refusal.code for refusal in late.refusals] == [RefusalCode.STATE]


async def test_neither_enrolling_nor_removing_is_done_without_the_password(database: Database) -> None:
    maria = await user("maria", "support")
    await enrolled(maria)
    factor = await MfaFactor.get(user_id=maria.id)
    added = await apply(await plan_enrol(acting(maria), "another", WRONG))
    removed = await apply(await plan_remove_own_factor(acting(maria), factor.id, WRONG))
    for outcome in (added, removed):
        assert (outcome.status, outcome.refusals[0].code) == (Status.REFUSED, RefusalCode.WRONG_PASSWORD)
        assert outcome.secret is None
    assert [factor.label for factor in await MfaFactor.filter(user_id=maria.id)] == ["telephone"]
    assert (await UserAuthState.get(user_id=maria.id)).failed_count == 2  # counted like failed sign-ins

    last = await plan_remove_own_factor(acting(maria), factor.id, RIGHT)
    assert last.effects == ("it is the last one: the password alone will sign you in",)
    assert (await apply(last)).status is Status.OK
    assert not await MfaFactor.exists(user_id=maria.id)


async def test_nobody_removes_what_is_somebody_elses(database: Database) -> None:
    maria, pedro = await user("maria", "support"), await user("pedro", "support")
    await enrolled(pedro)
    factor = await MfaFactor.get(user_id=pedro.id)
    plan = await plan_remove_own_factor(acting(maria), factor.id, RIGHT)
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.STATE]
    assert (await apply(plan)).status is Status.REFUSED
    assert await MfaFactor.exists(id=factor.id)


@pytest.mark.parametrize(
    "label",
    ["", "   ", "x" * (LABEL_LENGTH + 1), "y" * 10_000, "telephone"],
    ids=["empty", "blank", "long", "huge", "taken"],
)
async def test_a_name_that_says_nothing_is_refused_beside_its_field(database: Database, label: str) -> None:
    maria = await user("maria", "support")
    await enrolled(maria)
    plan = await plan_enrol(acting(maria), label, RIGHT)
    assert [error.field for error in plan.errors] == ["label"]
    assert (await apply(plan)).secret is None


async def test_there_is_an_end_to_them(database: Database) -> None:
    maria = await user("maria", "support")
    for number in range(MOST):
        await foreign(maria, str(number))
    plan = await plan_enrol(acting(maria), "one more", RIGHT)
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.STATE]


async def test_without_a_key_nothing_is_enrolled_and_the_sentence_says_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    me = acting(await user("maria", "support"))
    use_key_file(tmp_path / "not-there")
    plan = await plan_enrol(me, "telephone", RIGHT)
    assert "is not there. Make one with: shellback mfa new-key" in plan.refusals[0].reason
    assert (await apply(plan)).status is Status.REFUSED
    assert not await MfaFactor.exists()


async def test_a_key_that_changed_between_showing_and_confirming_is_said(database: Database) -> None:
    me = acting(await user("maria", "support"))
    shown = (await apply(await plan_enrol(me, "telephone", RIGHT))).secret
    assert shown is not None
    use_keys(MfaKeys({"1": "another key of the same tag, as long as it"}))
    outcome = await apply(await plan_confirm_factor(me, Secret(await Phone(shown).code())))
    assert "key for authenticators was changed" in outcome.sentence
    assert await MfaFactor.filter(is_pending=True).count() == 1


async def test_a_session_of_somebody_deactivated_meanwhile_enrols_nothing(database: Database) -> None:
    maria = await user("maria", "support")
    plan = await plan_enrol(acting(maria), "telephone", RIGHT)
    await set_columns(maria, is_active=False)
    assert (await apply(plan)).refusals[0].code is RefusalCode.ACTOR_INACTIVE
    assert not await MfaFactor.exists()
