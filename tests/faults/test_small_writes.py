"""Writes that are no plan, and whose COMMIT nobody answers: what is said of them is true, and none is done twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from models import LoginAttempt, StepUp, UserAuthState, UserSession
from models.engines.errors import DatabaseError
from models.operations import Secret, SignedIn, SignInRefused, Status, apply, plan_edit, resume, sign_in, sign_out
from models.operations.context import Stopped
from models.operations.exporting import Export, record_export
from models.operations.service import ServiceRefused, ServiceSession, authenticate
from models.operations.service import sign_out as service_sign_out
from models.operations.sign_in.own_proof import prove_own_password
from models.operations.sign_in.step_up import Proven, StepUpClass, step_up
from models.operations.transactions import write_transaction
from tests.faults.lost_commits import settle_after
from tests.faults.proxy import Fault
from tests.models.operations.people import PASSWORD, acting, events, superuser, user

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.proxy import FaultProxy
    from tui.database import Database

pytestmark = pytest.mark.postgres_only

LOST = pytest.mark.parametrize("fault", [Fault.CUT_BEFORE_COMMIT, Fault.CUT_AFTER_COMMIT])


@pytest.fixture
def settling(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    return settle_after(proxy, monkeypatch)


@LOST
async def test_a_password_given_again_proves_once_and_a_session_ends_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    await superuser("root")
    entered = await sign_in("root", Secret(PASSWORD))
    assert isinstance(entered, SignedIn)
    proxy.lose_commit(fault)
    proven = await step_up(entered.actor, Secret(PASSWORD), StepUpClass.ROLES)
    assert isinstance(proven, Proven)
    assert await StepUp.filter(session_id=entered.session_id).count() == 1
    assert len(await events(action="auth.step_up", outcome="ok")) == 1
    assert entered.token is not None
    proxy.lose_commit(fault)
    await sign_out(entered.token)
    assert not await UserSession.filter(revoked_at=None).exists()
    assert len(await events(action="auth.sign_out")) == 1


@pytest.mark.parametrize("stays_away", [False, True])
async def test_when_a_session_was_seen_last_keeps_nobody_out(
    proxy: FaultProxy, through: Database, settling: list[Fault], *, stays_away: bool
) -> None:
    await superuser("root")
    entered = await sign_in("root", Secret(PASSWORD))
    assert isinstance(entered, SignedIn)
    assert entered.token is not None
    await write_transaction(lambda inside: UserSession.all().using_db(inside).update(last_seen_at=None))
    if stays_away:
        settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    assert isinstance(await resume(entered.token), SignedIn)
    proxy.fault = Fault.NONE
    assert isinstance(await resume(entered.token), SignedIn)


@LOST
async def test_a_wrong_password_is_refused_and_counted_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    root = await superuser("root")
    proxy.lose_commit(fault)
    with pytest.raises(Stopped, match="current password is not right"):
        await prove_own_password(root.id, Secret("a wrong password, as it happens"))
    assert (await UserAuthState.get(user_id=root.id)).failed_count == 1


@LOST
async def test_a_refusal_is_recorded_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    nobody = acting(await user("nobody"))
    alice = await user("alice")
    plan = await plan_edit(nobody, alice, {"full_name": "Alice"})
    proxy.lose_commit(fault)
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert "record of this attempt" not in outcome.sentence
    assert len(await events(outcome="denied")) == 1
    assert (await apply(plan)).status is Status.REFUSED
    assert len(await events(outcome="denied")) == 1
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    again = await apply(await plan_edit(nobody, alice, {"full_name": "Alice"}))
    assert again.sentence.endswith("the audit has it, or has it not.")
    proxy.fault = Fault.NONE


@LOST
async def test_a_terminal_counts_once_and_answers_every_name_alike(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    root = await superuser("root")
    answers = []
    for name in ("root", "unknown"):
        proxy.lose_commit(fault)
        answers.append(await sign_in(name, Secret("a wrong password, as it happens")))
    for name in ("root", "unknown"):
        settling.append(Fault.REFUSE)
        proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
        answers.append(await sign_in(name, Secret("a wrong password, as it happens")))
        proxy.fault = Fault.NONE
    assert isinstance(answers[0], SignInRefused)
    assert len(set(answers)) == 1
    assert (await UserAuthState.get(user_id=root.id)).failed_count == 2
    assert await LoginAttempt.filter(outcome__in=["wrong", "unknown"]).count() == 4
    assert len(await events(action="auth.sign_in", outcome="denied")) == 4


@LOST
async def test_a_service_lets_in_counts_and_lets_go_once(
    proxy: FaultProxy, through: Database, settling: list[Fault], fault: Fault
) -> None:
    alice = await user("alice")
    proxy.lose_commit(fault)
    wrong = await authenticate("alice", Secret("a wrong password, as it happens"))
    proxy.lose_commit(fault)
    assert await authenticate("unknown", Secret("a wrong password, as it happens")) == wrong
    assert isinstance(wrong, ServiceRefused)
    assert await LoginAttempt.filter(outcome__in=["wrong", "unknown"]).count() == 2
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 1
    proxy.lose_commit(fault)
    entered = await authenticate("alice", Secret(PASSWORD))
    assert isinstance(entered, ServiceSession)
    assert await UserSession.filter(kind="api").count() == 1
    assert await LoginAttempt.filter(outcome="ok").count() == 1
    claims = entered.claims()
    proxy.lose_commit(fault)
    assert await service_sign_out(claims)
    assert not await UserSession.filter(kind="api", revoked_at=None).exists()
    settling.append(Fault.REFUSE)
    proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
    with pytest.raises(DatabaseError, match="nobody is signed in here"):
        await authenticate("alice", Secret(PASSWORD))
    proxy.fault = Fault.NONE


async def test_what_nobody_can_find_out_is_said_and_nothing_goes_out(
    proxy: FaultProxy, through: Database, settling: list[Fault]
) -> None:
    root = await superuser("root")
    entered = await sign_in("root", Secret(PASSWORD))
    assert isinstance(entered, SignedIn)
    assert entered.token is not None
    export = Export("everybody", ("id",), "id", "csv", "users.csv")
    cases: tuple[tuple[Callable[[], Awaitable[object]], str], ...] = (
        (partial(record_export, acting(root), export, 5), "nothing was handed out"),
        (partial(step_up, entered.actor, Secret(PASSWORD), StepUpClass.ROLES), "Give it again"),
        (partial(sign_out, entered.token), "ends by itself"),
    )
    for write, said in cases:
        settling.append(Fault.REFUSE)
        proxy.lose_commit(Fault.CUT_AFTER_COMMIT)
        with pytest.raises(DatabaseError, match=said):
            await write()
        proxy.fault = Fault.NONE
