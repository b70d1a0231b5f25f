"""Soft delete: the name and the address are free, nothing opens the account, and the row stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tortoise.transactions import in_transaction

from models import Account, MfaFactor, OneTimeToken, User, UserRole, UserSession
from models.operations import (
    PasswordMethod,
    RefusalCode,
    Secret,
    SignInRefused,
    Status,
    TargetGone,
    apply,
    plan_activate,
    plan_create,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_lock,
    plan_reset,
    plan_revoke_sessions,
    plan_soft_delete,
    plan_unlock,
    sign_in,
    verify_chain,
)
from models.operations.deletion.placeholders import free_placeholders
from models.operations.transactions import connection
from models.passwords import verify
from tests.models.operations.people import PASSWORD, acting, events, reread, superuser, user

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.usefixtures("database")
SOON = timedelta(hours=1)


async def with_access(account: Account) -> None:
    """Give the user a session, a link and a second factor."""
    now = datetime.now(UTC)
    async with in_transaction():
        await UserSession.create(user_id=account.id, token_hash="a" * 64, kind="web", expires_at=now + SOON)
        await OneTimeToken.create(
            user_id=account.id,
            purpose="reset",
            token_hash="b" * 64,
            expires_at=now + SOON,
            password_fingerprint="c" * 64,
        )
        await MfaFactor.create(user_id=account.id, kind="totp", secret_encrypted=b"sealed")


async def test_it_frees_the_name_and_the_address_and_wipes_what_opens_it() -> None:
    root = await superuser()
    alice = await user("Alice", "support", email="alice@example.org", must_change_password=True)
    await with_access(alice)
    plan = await plan_soft_delete(acting(root), alice.id, reason="left", ticket="7")
    assert plan.is_allowed
    assert any("1 role will count again" in effect for effect in plan.effects)
    outcome = await apply(plan)
    assert outcome.status is Status.OK, outcome
    row = await User.get(id=alice.id)
    assert (row.username, row.username_key) == (f"deleted.{alice.id}", f"deleted.{alice.id}")
    assert (row.email, row.email_key) == (None, None)
    assert row.deleted_at is not None
    assert row.is_active
    assert (row.has_usable_password, row.must_change_password) == (False, False)
    assert not verify(PASSWORD, row.hashed_password).matches
    assert (row.version, row.token_version) == (alice.version + 1, alice.token_version + 1)
    assert await UserRole.filter(user_id=alice.id).count() == 1
    assert await MfaFactor.all().count() == 0
    assert (await UserSession.get()).revoke_reason == "deleted"
    assert (await OneTimeToken.get()).revoked_at is not None
    (event,) = await events(action="users.delete")
    assert event.changes["username"] == ["Alice", f"deleted.{alice.id}"]
    assert event.changes["email"] == ["alice@example.org", None]
    assert "[redacted" in event.changes["hashed_password"][0]
    assert (event.version_before, event.version_after) == (alice.version, alice.version + 1)
    assert event.meta == {"ended_sessions": 1, "voided_links": 1, "removed_factors": 1}
    assert (await verify_chain()).is_whole


async def test_the_name_and_the_address_are_really_free() -> None:
    root = await superuser()
    alice = await user("alice", email="alice@example.org")
    await apply(await plan_soft_delete(acting(root), alice.id))
    again = await apply(
        await plan_create(acting(root), {"username": "ALICE", "email": "alice@example.org"}, PasswordMethod.DISABLE)
    )
    assert again.status is Status.OK, again


async def test_a_deleted_user_does_not_sign_in() -> None:
    root = await superuser()
    alice = await user("alice", "support")
    await apply(await plan_soft_delete(acting(root), alice.id))
    for name in ("alice", f"deleted.{alice.id}"):
        assert isinstance(await sign_in(name, Secret(PASSWORD)), SignInRefused)


async def test_a_row_that_the_service_deleted_by_itself_does_not_sign_in() -> None:
    from tests.models.operations.people import set_columns

    alice = await user("alice", "support")
    await set_columns(alice, deleted_at=datetime.now(UTC))
    assert isinstance(await sign_in("alice", Secret(PASSWORD)), SignInRefused)


async def test_a_taken_placeholder_is_counted_on() -> None:
    root, alice = await superuser(), await user("alice")
    await user(f"Deleted.{alice.id}")
    await user(f"deleted.{alice.id}.2")
    outcome = await apply(await plan_soft_delete(acting(root), alice.id))
    assert outcome.status is Status.OK
    assert (await reread(alice)).username == f"deleted.{alice.id}.3"


async def test_placeholders_of_many_are_found_at_once() -> None:
    first, second = await user("first"), await user("second")
    await user(f"deleted.{second.id}")
    found = await free_placeholders(connection(), [first.id, second.id])
    assert found == {first.id: f"deleted.{first.id}", second.id: f"deleted.{second.id}.2"}


async def test_deleted_twice() -> None:
    root, alice = await superuser(), await user("alice")
    first = await plan_soft_delete(acting(root), alice.id)
    second = await plan_soft_delete(acting(root), alice.id)
    assert (await apply(first)).status is Status.OK
    late = await apply(second)
    assert late.status is Status.GONE
    assert "deleted by root" in late.sentence
    assert "can be restored" in late.sentence
    with pytest.raises(TargetGone, match="can be restored"):
        await plan_soft_delete(acting(root), alice.id)
    assert (await reread(alice)).version == alice.version + 1


@pytest.mark.parametrize(
    "planner",
    [plan_activate, plan_deactivate, plan_lock, plan_reset, plan_revoke_sessions, plan_unlock],
    ids=lambda planner: planner.__name__,
)
async def test_nothing_else_is_done_to_a_deleted_user(planner: object) -> None:
    root, alice = await superuser(), await user("alice")
    await apply(await plan_soft_delete(acting(root), alice.id))
    with pytest.raises(TargetGone, match=f"User #{alice.id} was deleted by root at .* can be restored"):
        await planner(acting(root), alice.id)  # type: ignore[operator]


async def test_no_edit_and_no_role_for_a_deleted_user() -> None:
    root, alice = await superuser(), await user("alice")
    late = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    await apply(await plan_soft_delete(acting(root), alice.id))
    with pytest.raises(TargetGone, match="can be restored"):
        await plan_edit(acting(root), await reread(alice), {"full_name": "Alice"})
    with pytest.raises(TargetGone, match="can be restored"):
        await plan_grant(acting(root), alice.id, "support")
    assert (await apply(late)).status is Status.GONE


async def test_the_guards() -> None:
    root = await superuser()
    operator = await user("oscar", "operator")
    support, auditor = await user("sue", "support"), await user("arthur", "auditor")

    async def codes(actor: Account, target: Account) -> set[RefusalCode]:
        plan = await plan_soft_delete(acting(actor), target.id)
        outcome = await apply(plan)
        assert outcome.status is Status.REFUSED
        assert (await reread(target)).deleted_at is None
        return {refusal.code for refusal in outcome.refusals}

    assert RefusalCode.PERMISSION in await codes(support, operator)
    assert RefusalCode.YOURSELF in await codes(operator, operator)
    assert RefusalCode.SUPERUSER_ONLY in await codes(operator, root)
    assert RefusalCode.RANK in await codes(operator, auditor)
    assert {RefusalCode.YOURSELF, RefusalCode.LAST_SUPERUSER} <= await codes(root, root)


async def test_a_version_that_was_not_seen() -> None:
    root, alice = await superuser(), await user("alice")
    plan = await plan_soft_delete(acting(root), alice.id)
    await apply(await plan_edit(acting(root), alice, {"full_name": "Alice"}))
    outcome = await apply(plan)
    assert outcome.status is Status.CONFLICT
    assert (await reread(alice)).username == "alice"
