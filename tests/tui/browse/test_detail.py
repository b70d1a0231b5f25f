"""One user read at once, and what was done to that user by key range."""

import uuid
from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from models import AuditEvent, LoginAttempt, Role, User, UserAuthState, UserRole, UserSession
from tests.tui.browse.people import NOW
from tui.browse.audit.changes import FieldChange
from tui.browse.user.detail import load_detail
from tui.browse.user.history import HistorySource
from tui.database import Database


async def somebody(name: str = "alice") -> User:
    user = User(username=name, hashed_password="the-hash")
    async with in_transaction():
        await user.save()
    return user


async def happened(number: int, user_id: int, **columns: Any) -> None:
    values = {
        "op_id": uuid.uuid4(),
        "actor_label": "maria",
        "actor_kind": "tui",
        "action": "users.edit",
        "target_type": "user",
        "target_id": user_id,
        "outcome": "ok",
        "changes": {"email": [f"{number - 1}@x", f"{number}@x"]},
        "seq": number,
        "prev_hash": "",
        "hash": "",
        **columns,
    }
    async with in_transaction():
        await AuditEvent.create(**values)


async def test_nobody_has_no_detail(database: Database) -> None:
    assert await load_detail(4711) is None


async def test_a_detail_without_anything_else(database: Database) -> None:
    user = await somebody()
    detail = await load_detail(user.id)

    assert detail is not None
    assert (detail.account.username, detail.state, detail.sessions, detail.changes) == ("alice", None, (), ())
    assert detail.permissions.codenames == frozenset()
    assert "the-hash" not in repr(detail)
    assert not hasattr(detail.account, "hashed_password")


async def test_sessions_failures_and_roles(database: Database) -> None:
    user = await somebody()
    hour = timedelta(hours=1)
    async with in_transaction():
        await UserAuthState.create(user=user, failed_count=7, locked_until=NOW + 9 * hour)
        await UserRole.create(user=user, role=await Role.get(name="support"), granted_by_label="root")
        await UserRole.create(user=user, role=await Role.get(name="dba"), expires_at=NOW - hour)
        for number, (ends, revoked) in enumerate([(hour, None), (hour, NOW), (-hour, None)]):
            await UserSession.create(
                user=user, token_hash=f"token{number}", kind="web", expires_at=NOW + 9 * ends, revoked_at=revoked
            )
        for outcome, address in (("wrong", "10.0.0.4"), ("ok", "10.0.0.5")):
            await LoginAttempt.create(user=user, username_tried="alice", outcome=outcome, ip=address)
    detail = await load_detail(user.id)

    assert detail is not None
    assert [session.live for session in detail.sessions] == [False, False, True]
    assert detail.live_sessions == 1
    assert [source.role for source in detail.permissions.sources] == ["support"]
    assert detail.last_failure is not None
    assert detail.last_failure.ip == "10.0.0.4"
    assert "token" not in repr(detail.sessions)


async def test_history_is_walked_newest_first_in_both_directions(database: Database) -> None:
    user, other = await somebody(), await somebody("bob")
    for number in range(1, 31):
        await happened(number, user.id if number % 3 else other.id)
    source = HistorySource(user.id)
    expected = [number for number in range(30, 0, -1) if number % 3]

    for forward in (True, False):
        found: list[int] = []
        origin = None
        while True:
            page = await source.page(origin, 7, forward=forward)
            numbers = [int(str(row.changes[0].after).split("@")[0]) for row in page.rows]
            found = found + numbers if forward else numbers + found
            if page.edge is None:
                break
            origin = page.edge
        assert found == expected


async def test_changes_as_they_are_stored(database: Database) -> None:
    user = await somebody()
    await happened(1, user.id, changes={"is_active": [True, False], "roles": [[], ["support"]]})
    await happened(2, user.id, changes=None)
    await happened(3, user.id, changes={"odd": "value"})
    rows = (await HistorySource(user.id).page(None, 9, forward=True)).rows

    # PostgreSQL keeps no order of the fields.
    assert [sorted(row.changes, key=lambda change: change.field) for row in rows] == [
        [FieldChange("odd", None, "value")],
        [],
        [FieldChange("is_active", True, False), FieldChange("roles", [], ["support"])],
    ]
    assert await HistorySource(user.id).find(rows[1].id) == rows[1]
    assert await HistorySource(user.id + 1).find(rows[1].id) is None
