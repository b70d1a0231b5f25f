"""Authenticators reset by a colleague: by permission and rank, exactly those that were seen, and never one's own."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from models import MfaFactor
from models.operations import (
    RefusalCode,
    ResetOptions,
    Secret,
    SignedIn,
    Status,
    apply,
    plan_confirm_factor,
    plan_enrol,
    plan_reset,
    plan_reset_factors,
    sign_in,
)
from models.operations.mfa.factors import factors_of_user
from tests.models.operations.mfa.phone import Phone, enrolled, foreign
from tests.models.operations.people import PASSWORD, acting, events, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

RIGHT = Secret(PASSWORD)


async def test_all_of_them_go_and_the_password_alone_signs_in(database: Database) -> None:
    olga, maria = await user("olga", "operator"), await user("maria", "support")
    phone = await enrolled(maria)
    await foreign(maria, "key")
    plan = await plan_reset_factors(acting(olga), maria.id, reason="lost telephone")
    assert [change.before for change in plan.changes] == ["totp telephone", "webauthn key"]
    outcome = await apply(plan)
    assert outcome.sentence == f"2 authenticators of maria #{maria.id} are removed."
    assert isinstance(await sign_in("maria", RIGHT), SignedIn)
    [event] = await events(action="users.reset_mfa")
    assert (event.outcome, event.reason, event.meta["removed_factors"]) == ("ok", "lost telephone", 2)
    assert phone.secret not in str(vars(event))
    again = await apply(await plan_reset_factors(acting(olga), maria.id))
    assert again.status is Status.UNCHANGED


async def test_one_of_them_goes_and_the_others_are_asked_for(database: Database) -> None:
    olga, maria = await user("olga", "operator"), await user("maria", "support")
    await enrolled(maria)
    key = await foreign(maria, "key")
    plan = await plan_reset_factors(acting(olga), maria.id, [key.id])
    assert plan.effects == ("1 authenticator will stay, and sign-in asks for a code",)
    assert (await apply(plan)).status is Status.OK
    assert [row.label for row in await factors_of_user(maria.id)] == ["telephone"]


async def test_who_may_not_is_refused_and_recorded(database: Database) -> None:
    maria, olga, root = await user("maria", "support"), await user("olga", "operator"), await superuser()
    for target in (maria, olga, root):
        await foreign(target, "key")
    for actor, target, code in (
        (maria, olga, RefusalCode.PERMISSION),
        (olga, root, RefusalCode.SUPERUSER_ONLY),
        (root, root, RefusalCode.YOURSELF),
    ):
        plan = await plan_reset_factors(acting(actor), target.id)
        assert code in {refusal.code for refusal in plan.refusals}
        assert (await apply(plan)).status is Status.REFUSED
    assert await MfaFactor.all().count() == 3
    assert [event.outcome for event in await events(action="users.reset_mfa")] == ["denied"] * 3


async def test_one_enrolled_or_gone_since_it_was_shown_stops_it(database: Database) -> None:
    olga, maria = await user("olga", "operator"), await user("maria", "support")
    await enrolled(maria)
    plan, same = [await plan_reset_factors(acting(olga), maria.id) for _ in range(2)]
    await foreign(maria, "key")
    assert (await apply(plan)).status is Status.CONFLICT
    assert await MfaFactor.all().count() == 2
    assert (await apply(await plan_reset_factors(acting(olga), maria.id))).status is Status.OK
    assert (await apply(same)).status is Status.CONFLICT


async def test_somebody_elses_authenticator_is_not_reset_by_its_id(database: Database) -> None:
    olga, maria, pedro = await user("olga", "operator"), await user("maria", "support"), await user("pedro", "support")
    theirs = await foreign(pedro, "key")
    plan = await plan_reset_factors(acting(olga), maria.id, [theirs.id])
    assert [refusal.code for refusal in plan.refusals] == [RefusalCode.STATE]
    assert (await apply(plan)).status is Status.REFUSED
    assert await MfaFactor.exists(id=theirs.id)


async def test_a_password_reset_takes_them_along_only_when_asked(database: Database) -> None:
    root, maria = await superuser(), await user("maria", "support")
    await enrolled(maria)
    assert (await apply(await plan_reset(acting(root), maria.id))).status is Status.OK
    assert await MfaFactor.all().count() == 1
    assert (await apply(await plan_reset(acting(root), maria.id, ResetOptions(reset_mfa=True)))).status is Status.OK
    assert not await MfaFactor.exists()


async def test_the_list_says_what_can_be_read_here_and_no_secret(database: Database) -> None:
    maria = await user("maria", "support")
    phone = await enrolled(maria)
    await foreign(maria, "key")
    await foreign(maria, "app", "totp", b"\xff of the service")
    rows = await factors_of_user(maria.id)
    assert [(row.label, row.is_readable) for row in rows] == [("telephone", True), ("key", False), ("app", False)]
    assert phone.secret not in str(rows) + str([row.as_json() for row in rows])


async def test_neither_a_plan_nor_an_outcome_nor_a_failure_shows_the_secret(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    maria = await user("maria", "support")
    plan = await plan_enrol(acting(maria), "telephone", RIGHT)
    prepared = await plan.step.prepare()
    outcome = await apply(plan)
    assert outcome.secret is not None
    phone = Phone(outcome.secret)
    confirming = await plan_confirm_factor(acting(maria), Secret("314 159"))
    seen = [repr(plan), str(plan.as_json()), repr(plan.step), repr(prepared), repr(outcome), str(outcome.as_json())]
    seen += [repr(confirming), repr(confirming.step), str(confirming.as_json())]

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("while it is written")

    monkeypatch.setattr("models.operations.mfa.own.MfaFactor.create", fail)
    with pytest.raises(RuntimeError) as caught:
        await apply(await plan_enrol(acting(maria), "another", RIGHT))
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    del found.stack[0]  # this test's own
    seen.append("".join(found.format()))
    for text in seen:
        assert phone.secret not in text
        assert "otpauth" not in text
        assert PASSWORD not in text
        assert "314 159" not in text
