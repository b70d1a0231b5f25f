"""Whom the walks are about: one of each tier, a superuser, and for each call a user in the state that it needs.

Everything here is written by the owner of the database, before any tier comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tortoise.transactions import in_transaction

from models import OneTimeToken, Role, RolePermission, User, UserAuthState, UserNote, UserRole, UserSession
from models.clock import database_now
from models.operations import Status, apply, plan_edit, plan_soft_delete
from models.operations.transactions import connection
from tests.grants.walk.commands import COMMANDS, Call
from tests.models.operations.mfa.phone import foreign
from tests.models.operations.people import acting, superuser, user

if TYPE_CHECKING:
    from models import Account
    from models.operations import Plan

TIERS: Final = ("support", "operator", "dba", "auditor")
STAFF: Final = {"support": "sara", "operator": "olga", "dba": "dora", "auditor": "adam"}
"""Who of each tier is signed in; each holds the seeded role of the same name."""
ROOT: Final = "root"


@dataclass(frozen=True, slots=True)
class Scenery:
    """What stands for `{...}` in each call, by the call's number in `all_calls`."""

    values: dict[int, dict[str, str]] = field(default_factory=dict)


def all_calls() -> list[tuple[str, Call]]:
    """Every call with its command, in the order of the walk."""
    return [(command, call) for command, calls in COMMANDS.items() for call in calls]


async def make_people() -> Scenery:
    """Fills the database. One user a call, named `u12`; `alice` besides, whom everybody looks for."""
    root = await superuser(ROOT)
    for tier, name in STAFF.items():
        await user(name, tier)
    await user("alice", email="alice@example.com", full_name="Alice Jones")
    await _make_roles(("spare", "unused"))
    scenery = Scenery()
    for number, (_, call) in enumerate(all_calls()):
        name = f"u{number}"
        made = await user(name, email=f"{name}@example.com", full_name=f"User {number}")
        values = {"user": name, "id": str(made.id), **await _put_into(call.on, made, root)}
        scenery.values[number] = values
    return scenery


async def _make_roles(names: Iterable[str]) -> None:
    async with in_transaction():
        for name in names:
            role = await Role.create(name=name)
            await RolePermission.create(role=role, codename="users.view")


async def _put_into(state: str, who: Account, root: Account) -> dict[str, str]:
    """Brings a user into the state that a call needs; returns what the call names of it."""
    now = await database_now(connection())
    match state:
        case "plain" | "linked":
            return {}
        case "worn":
            async with in_transaction():
                opened = [
                    await UserSession.create(
                        user_id=who.id, token_hash=f"{who.id}-{n}", kind="web", expires_at=now + timedelta(days=1)
                    )
                    for n in range(2)
                ]
                await OneTimeToken.create(
                    user_id=who.id,
                    purpose="reset",
                    token_hash=f"t{who.id}",
                    expires_at=now + timedelta(minutes=30),
                    password_fingerprint="f",
                )
                await UserAuthState.create(user_id=who.id, last_login_at=now, last_login_ip="10.0.0.9")
                await UserNote.create(user_id=who.id, author_label="root", body="calls on Mondays")
            return {"session": str(opened[0].id)}
        case "locked":
            async with in_transaction():
                await UserAuthState.create(
                    user_id=who.id, failed_count=10, last_failed_at=now, locked_until=now + timedelta(hours=2)
                )
            return {}
        case "inactive":
            async with in_transaction():
                await User.filter(id=who.id).update(is_active=False, deactivated_at=now)
            return {}
        case "holding":
            async with in_transaction():
                await UserRole.create(user_id=who.id, role=await Role.get(name="support"))
            return {}
        case "factored":
            factor = await foreign(who, "key")
            return {"factor": str(factor.id)}
        case "noted":
            return await _noted(who)
        case "deleted":
            await _done(await plan_soft_delete(acting(root), who.id))
            return {}
        case "edited":
            done = await _done(await plan_edit(acting(root), who, {"full_name": "Edited"}))
            return {"op": done}
    raise AssertionError(f"no state of this name: {state}")


async def _noted(who: Account) -> dict[str, str]:
    """A note by each who may write one: support deletes its own only."""
    found = {}
    async with in_transaction():
        for name in (STAFF["support"], STAFF["operator"], ROOT):
            author = await User.get(username=name)
            note = await UserNote.create(user_id=who.id, author=author, author_label=name, body="calls on Mondays")
            found[f"note_{name}"] = found["note"] = str(note.id)
    return found


async def _done(plan: Plan) -> str:
    outcome = await apply(plan)
    assert outcome.status is Status.OK, outcome.sentence
    return str(outcome.op_id)
