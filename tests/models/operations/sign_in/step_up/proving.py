"""Giving the password again, and what a plan says that it lacks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from models import UserSession
from models.clock import database_now
from models.operations import (
    Actor,
    RefusalCode,
    Secret,
)
from models.operations.sign_in.step_up import (
    Proven,
    StepUpClass,
    step_up,
)
from tests.models.operations.people import PASSWORD

if TYPE_CHECKING:
    from models import Account
    from models.operations.plan import Refusal


RIGHT, WRONG = Secret(PASSWORD), Secret("not this one at all")


async def session(account: Account) -> int:
    async with in_transaction() as client:
        now = await database_now(client)
        row = await UserSession.create(
            user_id=account.id,
            token_hash=f"{now.timestamp():064.6f}",
            kind="tui",
            created_at=now,
            expires_at=now + timedelta(hours=8),
        )
    return int(row.id)


async def give(actor: Actor, kind: StepUpClass) -> datetime:
    answer = await step_up(actor, RIGHT, kind)
    assert isinstance(answer, Proven), answer
    return answer.expires_at


def codes(refusals: tuple[Refusal, ...]) -> list[tuple[RefusalCode, StepUpClass | None]]:
    return [(refusal.code, refusal.step_up) for refusal in refusals]


def unproven(kind: StepUpClass) -> list[tuple[RefusalCode, StepUpClass | None]]:
    return [(RefusalCode.STEP_UP, kind)]
