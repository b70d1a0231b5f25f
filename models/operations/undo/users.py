"""The opposite of what was done to one user: edited, created, activated, deactivated, deleted, restored, rescued."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from models.operations.access import auth_state
from models.operations.deletion.restoration import plan_restore
from models.operations.deletion.soft import plan_soft_delete
from models.operations.edit import plan_edit
from models.operations.lifecycle import plan_activate, plan_deactivate
from models.operations.plan import Skipped, json_value
from models.operations.presence import load_target
from models.operations.text import field_label, listed, moment
from models.operations.undo.case import Case, changed_again, what_holds
from models.operations.values import EDITABLE, TIME_FIELDS, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models import Account
    from models.operations.plan import Plan

RESCUED: Final = ("is_superuser", "expires_at")
"""What a rescue wrote that can be put back; the rest are states with verbs of their own."""


async def undo_edit(case: Case, fields: tuple[str, ...] = EDITABLE) -> Plan:
    """Put the edited fields back that hold; one whose former value is taken by now is left, and said."""
    scene = await load_target(case.client, case.actor, _id(case))
    account = scene.account
    back, skipped = what_holds(case, snapshot(account), await case.authors(), fields)
    values = {name: value_of(name, value) for name, value in back.items()}
    plan = await plan_edit(case.actor, account, values)
    if plan.errors:
        taken = {error.field: error.sentence for error in plan.errors}
        skipped = (*skipped, *(Skipped(name, f"cannot be put back: {why}") for name, why in taken.items()))
        values = {name: value for name, value in values.items() if name not in taken}
        plan = await plan_edit(case.actor, account, values)
    holds = {name: json_value(getattr(account, name)) for name in values}
    return case.finish(plan, holds=holds, skipped=skipped, in_parts=True)


async def undo_creation(case: Case) -> Plan:
    """Delete the account softly, unless somebody changed it since: then deleting it would lose more than was made."""
    if case.undos:
        return case.nothing()
    scene = await load_target(case.client, case.actor, _id(case))
    account = scene.account
    if account.version != case.event.version_after:
        return case.nothing(why=f"{_changed_since(account, await case.authors())} Delete it, if it is to go.")
    plan = await plan_soft_delete(case.actor, account.id)
    state = await auth_state(case.client, account.id)
    finished = case.finish(plan, holds={"version": account.version}, losses=())
    if state is not None and state.last_login_at is not None:
        return _with_effect(finished, f"somebody signed in to it at {moment(state.last_login_at)}")
    return finished


async def undo_deactivation(case: Case) -> Plan:
    """Activate, if it is still this deactivation that holds."""
    scene = await load_target(case.client, case.actor, _id(case))
    skipped = await _state_skips(case, scene.account, "deactivated_at")
    if skipped or case.undos:
        return case.nothing(skipped)
    plan = await plan_activate(case.actor, scene.account.id)
    return case.finish(plan, holds=_holding(scene.account, "is_active", "deactivated_at"))


async def undo_activation(case: Case) -> Plan:
    """Deactivate, with the reason and the moment that it had."""
    scene = await load_target(case.client, case.actor, _id(case))
    skipped = await _state_skips(case, scene.account, "is_active")
    if skipped or case.undos:
        return case.nothing(skipped)
    since = case.changes.get("deactivated_at", (None, None))[0]
    because = case.changes.get("deactivation_reason", (None, None))[0]
    plan = await plan_deactivate(
        case.actor, scene.account.id, former=(value_of("deactivated_at", since), because), reason=case.reason
    )
    return case.finish(plan, holds=_holding(scene.account, "is_active", "deactivated_at"))


async def undo_deletion(case: Case) -> Plan:
    """Restore, if it is still this deletion that holds; without the address, where somebody has it by now."""
    scene = await load_target(case.client, case.actor, _id(case), deleted=True)
    account = scene.account
    if case.undos:
        return case.nothing()
    if account.deleted_at is None or json_value(account.deleted_at) != case.changes.get("deleted_at", (None, None))[1]:
        state = "was restored meanwhile" if account.deleted_at is None else "was restored and deleted again meanwhile"
        return case.nothing(why=f"This cannot be undone: {account.username} {state}.")
    skipped: tuple[Skipped, ...] = ()
    plan = await plan_restore(case.actor, account.id)
    taken = {error.field: error.sentence for error in plan.errors}
    if "email" in taken:
        skipped = (Skipped("email", f"cannot be put back: {taken['email']}"),)
        plan = await plan_restore(case.actor, account.id, email="")
    return case.finish(plan, holds=_holding(account, "deleted_at"), skipped=skipped)


async def undo_restoration(case: Case) -> Plan:
    """Delete again, softly."""
    scene = await load_target(case.client, case.actor, _id(case))
    if case.undos:
        return case.nothing()
    account = scene.account
    plan = case.finish(await plan_soft_delete(case.actor, account.id), holds=_holding(account, "deleted_at"), losses=())
    if account.version != case.event.version_after:
        return _with_effect(plan, _changed_since(account, await case.authors()).rstrip("."))
    return plan


async def undo_rescue(case: Case) -> Plan:
    """Take back what a rescue gave; what it mended besides stays, and is said."""
    if case.event.version_before is None:
        return await undo_creation(case)
    plan = await undo_edit(case, RESCUED)
    apart = [name for name in ("is_active", "deleted_at") if name in case.changes]
    return replace(plan, skipped=(*plan.skipped, *(Skipped(name, "stays: it has a verb of its own") for name in apart)))


def value_of(name: str, value: Any) -> Any:
    """Return a value of the audit as the column takes it."""
    if value is not None and (name in TIME_FIELDS or name.endswith(("_at", "_until"))):
        return datetime.fromisoformat(str(value))
    return value


async def _state_skips(case: Case, account: Account, identity: str) -> tuple[Skipped, ...]:
    """The reason why this state does not hold any more; `identity` is the column that tells one such change from a
    later one."""
    written = case.changes.get(identity, (None, None))[1]
    wanted = case.changes.get("is_active", (None, None))[1]
    if account.is_active == wanted and json_value(getattr(account, identity)) == written:
        return ()
    return (Skipped("is_active", changed_again((await case.authors()).get("is_active"))),)


def _holding(account: Account, *names: str) -> dict[str, Any]:
    return {name: json_value(getattr(account, name)) for name in names}


def _changed_since(account: Account, authors: Mapping[str, Any]) -> str:
    if not authors:
        return f"{account.username} was changed since, outside Shellback."
    newest = max(authors.values(), key=lambda author: author.at)
    fields = listed([field_label(name) for name in authors])
    return f"{account.username} was changed since: {fields}, last by {newest.label} at {moment(newest.at)}."


def _with_effect(plan: Plan, sentence: str) -> Plan:
    return replace(plan, effects=(*plan.effects, sentence))


def _id(case: Case) -> int:
    return int(case.event.target_id or 0)
