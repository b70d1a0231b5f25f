"""Every verb against every seeded role: the operation refuses exactly whoever's role does not include it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from models import Account, Role, UserRole
from models.operations import (
    RefusalCode,
    RoleEdit,
    Status,
    apply,
    plan_activate,
    plan_change_grant,
    plan_create,
    plan_create_role,
    plan_deactivate,
    plan_delete_role,
    plan_edit,
    plan_edit_role,
    plan_grant,
    plan_lock,
    plan_reset,
    plan_restore,
    plan_revoke,
    plan_revoke_sessions,
    plan_soft_delete,
    plan_unlock,
)
from models.permissions import DESCRIPTIONS, SYSTEM_ROLES, Codename, seed_difference
from tests.models.operations.people import acting, superuser, user
from tests.models.operations.roles.made import allowed, make_role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.operations import Actor, Plan

pytestmark = pytest.mark.usefixtures("database")


VERBS: Final[dict[str, tuple[Codename, Callable[[Actor, Account, Role], Awaitable[Plan]]]]] = {
    "create": (Codename.USERS_CREATE, lambda actor, _, __: plan_create(actor, {"username": "newcomer"})),
    "edit": (Codename.USERS_EDIT, lambda actor, who, _: plan_edit(actor, who, {"full_name": "Alice"})),
    "activate": (Codename.USERS_DEACTIVATE, lambda actor, who, _: plan_activate(actor, who.id)),
    "deactivate": (Codename.USERS_DEACTIVATE, lambda actor, who, _: plan_deactivate(actor, who.id)),
    "reset": (Codename.USERS_RESET_PASSWORD, lambda actor, who, _: plan_reset(actor, who.id)),
    "lock": (Codename.USERS_UNLOCK, lambda actor, who, _: plan_lock(actor, who.id)),
    "unlock": (Codename.USERS_UNLOCK, lambda actor, who, _: plan_unlock(actor, who.id)),
    "revoke sessions": (Codename.USERS_REVOKE_SESSIONS, lambda actor, who, _: plan_revoke_sessions(actor, who.id)),
    "delete": (Codename.USERS_DELETE, lambda actor, who, _: plan_soft_delete(actor, who.id)),
    "grant": (Codename.ROLES_GRANT, lambda actor, who, role: plan_grant(actor, who.id, role.name)),
    "revoke": (Codename.ROLES_GRANT, lambda actor, who, _: plan_revoke(actor, who.id, "held")),
    "change grant": (Codename.ROLES_GRANT, lambda actor, who, _: plan_change_grant(actor, who.id, "held", None)),
    "create role": (Codename.ROLES_EDIT, lambda actor, _, __: plan_create_role(actor, "another")),
    "edit role": (
        Codename.ROLES_EDIT,
        lambda actor, _, role: plan_edit_role(actor, role.id, RoleEdit(description="Other")),
    ),
    "delete role": (Codename.ROLES_EDIT, lambda actor, _, role: plan_delete_role(actor, role.id)),
}
"""By verb: the permission that it needs, and its plan on a plain user (who holds the role "held") or an empty role."""


async def scene() -> tuple[Account, Role]:
    await make_role("held")
    return await user("alice", "held"), await make_role("empty")


@pytest.mark.parametrize("role", SYSTEM_ROLES)
@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_is_refused_to_whose_role_does_not_include_it(role: str, verb: str) -> None:
    actor = acting(await user("staff", role))
    target, empty = await scene()
    codename, planner = VERBS[verb]
    plan = await planner(actor, target, empty)
    lacks = codename not in SYSTEM_ROLES[role].permissions
    assert (RefusalCode.PERMISSION in {refusal.code for refusal in plan.refusals}) == lacks
    if not lacks:
        return
    assert any(codename in refusal.reason for refusal in plan.refusals)
    outcome = await apply(plan)
    assert outcome.status is Status.REFUSED
    assert (await Account.get(id=target.id)).version == target.version
    assert await Role.filter(id=empty.id, version=1, description="").exists()
    assert await UserRole.filter(user_id=target.id).count() == 1
    assert await Account.all().count() == 2


@pytest.mark.parametrize("verb", VERBS)
async def test_a_superuser_may_do_all_of_it(verb: str) -> None:
    target, empty = await scene()
    plan = await VERBS[verb][1](acting(await superuser()), target, empty)
    assert plan.is_allowed


async def test_restoring_needs_the_permission_to_delete() -> None:
    root, target = acting(await superuser()), await user("alice")
    assert (await apply(await plan_soft_delete(root, target.id))).is_ok
    for role, seed in SYSTEM_ROLES.items():
        plan = await plan_restore(acting(await user(f"a-{role}", role)), target.id)
        lacks = Codename.USERS_DELETE not in seed.permissions
        assert (RefusalCode.PERMISSION in {refusal.code for refusal in plan.refusals}) == lacks


async def test_the_seeds_of_the_migrations_are_those_of_the_code() -> None:
    rows = {role.name: role for role in await Role.all()}
    assert set(rows) == set(SYSTEM_ROLES)
    for name, seed in SYSTEM_ROLES.items():
        row = rows[name]
        assert (row.is_system, row.description, row.version) == (True, seed.description, 1)
        assert await allowed(row.id) == set(map(str, seed.permissions))
        nothing: frozenset[str] = frozenset()
        found = seed_difference(name, row.description, await allowed(row.id), is_system=row.is_system)
        assert found == (nothing, nothing, ())
    assert set(DESCRIPTIONS) == set(Codename)


def test_a_row_that_was_edited_by_hand_is_told_from_its_seed() -> None:
    seed = SYSTEM_ROLES["dba"]
    codenames = {*map(str, seed.permissions), "vault.open"} - {"audit.view"}
    more, less, others = seed_difference("dba", "Otherwise", codenames, is_system=False)
    assert (set(more), set(less)) == ({"vault.open"}, {"audit.view"})
    assert others == ("it is not marked as a system role", "it is described otherwise")
    assert seed_difference("desk", "", ["users.view"], is_system=False) == (frozenset(), frozenset(), ())
    assert seed_difference("desk", "", [], is_system=True)[2]
