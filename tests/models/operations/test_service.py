"""What a web service on the same models calls: one rule, one answer, and what ends a session ends it there."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from passlib.hash import bcrypt
from tortoise.transactions import in_transaction

from models import Account, LoginAttempt, User, UserAuthState, UserRole, UserSession
from models.clock import database_now
from models.login_rules import pause_after
from models.operations import (
    Secret,
    SignedIn,
    SignInRefused,
    apply,
    plan_deactivate,
    plan_edit,
    plan_grant,
    plan_lock,
    plan_reset,
    plan_revoke_sessions,
    plan_soft_delete,
    resume,
    sign_in,
)
from models.operations import sign_out as end_terminal_session
from models.operations.service import (
    CurrentUser,
    Scope,
    ServiceCode,
    ServiceRefused,
    ServiceSession,
    authenticate,
    change_password,
    session_of,
    sign_out,
)
from models.operations.service_session import NO_ENTRY, hash_jti
from models.operations.transactions import write_transaction
from models.passwords import hash_password, verify_off_loop
from tests.models.operations.people import PASSWORD, acting, events, reread, set_columns, superuser, user

if TYPE_CHECKING:
    from tui.database import Database

STATEMENTS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")
RIGHT, WRONG, NEW = Secret(PASSWORD), Secret("not this one at all"), Secret("a quite different sentence")


async def enter(username: str, password: Secret = RIGHT) -> ServiceSession:
    session = await authenticate(username, password, address="10.0.0.4", user_agent="curl/8")
    assert isinstance(session, ServiceSession), session
    return session


async def current(session: ServiceSession, needs: Scope = Scope.FULL) -> CurrentUser:
    found = await session_of(session.claims(), needs=needs)
    assert isinstance(found, CurrentUser), found
    return found


async def refusal(claims: dict[str, Any], needs: Scope = Scope.FULL) -> ServiceCode:
    found = await session_of(claims, needs=needs)
    assert isinstance(found, ServiceRefused), found
    return found.code


async def outcomes() -> list[str]:
    return [attempt.outcome for attempt in await LoginAttempt.all().order_by("id")]


async def age_failures(account: Account) -> None:
    """The pause after a failure is over."""
    state = await UserAuthState.get(user_id=account.id)
    async with in_transaction() as client:
        await UserAuthState.filter(user_id=account.id).update(
            last_failed_at=await database_now(client) - pause_after(state.failed_count)
        )


async def test_any_active_account_signs_in_and_out(database: Database) -> None:
    alice = await user("Alice")
    session = await enter("ALICE")
    row = await UserSession.get(id=session.session_id)
    assert (row.kind, row.ip, row.user_agent, row.token_hash) == (
        "api",
        "10.0.0.4",
        "curl/8",
        hash_jti(session.jti.reveal()),
    )
    assert (session.scope, session.token_version, row.expires_at) == (Scope.FULL, 0, session.expires_at)
    found = await current(session)
    assert (found.user_id, found.account.username, found.has("users.view")) == (alice.id, "Alice", False)
    assert (await UserAuthState.get(user_id=alice.id)).last_login_ip == "10.0.0.4"

    assert await sign_out(session.claims())
    assert not await sign_out(session.claims())
    assert await refusal(session.claims()) is ServiceCode.NO_SESSION
    assert await outcomes() == ["ok"]
    assert await events() == []
    assert (await reread(alice)).version == 1


async def test_everybody_else_gets_one_answer_and_leaves_a_trace(database: Database) -> None:
    now = await database_now(database.client)
    past, coming = now - timedelta(hours=1), now + timedelta(hours=1)
    await user("off", is_active=False)
    await user("ended", expires_at=past)
    await user("nopass", has_usable_password=False)
    await user("temporary", password_expires_at=past, must_change_password=True)
    await user("gone", deleted_at=past)
    locked = await user("locked")
    await user("alice")
    async with in_transaction():
        await UserAuthState.create(user_id=locked.id, locked_until=coming, lock_cause="staff")
    tried = ["unknown", "off", "ended", "nopass", "temporary", "gone", "locked"]
    answers = [await authenticate(name, RIGHT) for name in tried] + [await authenticate("alice", WRONG)]
    assert answers == [ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)] * 8
    assert await outcomes() == [
        "unknown", "inactive", "expired", "wrong", "password expired", "deleted", "locked", "wrong",
    ]  # fmt: skip
    assert await UserSession.all().count() == 0
    assert (await UserAuthState.get(user_id=locked.id)).failed_count == 0


async def test_every_refusal_asks_the_database_as_often(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a network each statement is a way there and back: fewer of them would tell who is unknown or locked."""
    coming = await database_now(database.client) + timedelta(hours=1)
    await user("alice")
    await user("off", is_active=False)
    locked = await user("locked")
    async with in_transaction():
        await UserAuthState.create(user_id=locked.id, locked_until=coming, lock_cause="staff")
    counted: list[int] = []
    run = write_transaction

    async def counting(body: Any) -> Any:
        async def watched(client: Any) -> Any:
            sent = 0

            def on(name: str) -> Any:
                method = getattr(client, name)

                async def call(*args: Any, **kwargs: Any) -> Any:
                    nonlocal sent
                    sent += 1
                    return await method(*args, **kwargs)

                return call

            for name in STATEMENTS:
                monkeypatch.setattr(client, name, on(name), raising=False)
            answer = await body(client)
            counted.append(sent)
            return answer

        return await run(watched)

    monkeypatch.setattr("models.operations.settling.write_transaction", counting)
    for name, password in (("unknown", RIGHT), ("alice", WRONG), ("off", RIGHT), ("locked", RIGHT)):
        assert isinstance(await authenticate(name, password), ServiceRefused)
    assert len(set(counted)) == 1, counted
    assert counted[0] >= 5


@pytest.mark.parametrize("username", ["a\x00b", "a\udc80b", "x" * 10_000, ""])
async def test_what_is_nobodys_name_is_answered_like_every_other_one(database: Database, username: str) -> None:
    agent = "agent\x00\udc80" * 100
    answer = await authenticate(username, Secret("\udc80"), address="9" * 200, user_agent=agent)
    assert answer == ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)
    assert await outcomes() == ["unknown"]


@pytest.mark.parametrize("stored", ["", "$argon2id$v=19$m=65536", "!", "{SSHA}abc", "$2b$31$" + "a" * 53])
async def test_a_stored_hash_that_cannot_be_verified_is_a_wrong_password(database: Database, stored: str) -> None:
    await user("alice", hashed_password=stored)
    assert await authenticate("alice", RIGHT) == ServiceRefused(ServiceCode.NO_ENTRY, NO_ENTRY)
    assert await outcomes() == ["wrong"]


async def test_failures_pause_and_lock_who_comes_and_leave_who_is_in(database: Database) -> None:
    alice = await user("alice")
    inside = await enter("alice")
    for _count in range(9):
        await authenticate("alice", WRONG)
        await age_failures(alice)
    await authenticate("alice", WRONG)
    state = await UserAuthState.get(user_id=alice.id)
    assert (state.failed_count, state.lock_cause) == (10, "failures")
    assert isinstance(await authenticate("alice", RIGHT), ServiceRefused)
    assert (await outcomes())[-2:] == ["wrong, now locked", "locked"]
    await current(inside)


async def test_what_ends_an_account_or_its_access_ends_the_token_at_once(database: Database) -> None:
    root = acting(await superuser())

    async def end(how: str, target: int) -> None:
        plans = {
            "reset": lambda: plan_reset(root, target),
            "deactivate": lambda: plan_deactivate(root, target),
            "lock": lambda: plan_lock(root, target),
            "revoke": lambda: plan_revoke_sessions(root, target),
            "delete": lambda: plan_soft_delete(root, target),
        }
        outcome = await apply(await plans[how]())
        assert outcome.is_ok, outcome

    for how in ("reset", "deactivate", "lock", "revoke", "delete"):
        alice = await user(f"alice-{how}")
        session = await enter(alice.username)
        await current(session)
        await end(how, alice.id)
        assert await refusal(session.claims()) is ServiceCode.NO_SESSION, how

    late = await user("late")
    session = await enter("late")
    await set_columns(late, expires_at=await database_now(database.client))
    assert await refusal(session.claims()) is ServiceCode.NO_SESSION
    await set_columns(late, expires_at=None)
    await current(session)
    async with in_transaction():
        await UserSession.filter(id=session.session_id).update(expires_at=await database_now(database.client))
    assert await refusal(session.claims()) is ServiceCode.NO_SESSION


async def test_claims_that_are_not_of_this_session_open_nothing(database: Database) -> None:
    await user("alice")
    session, other = await enter("alice"), await enter("alice")
    good = session.claims()
    assert await refusal({}) is ServiceCode.NO_SESSION
    foreign: list[dict[str, Any]] = [
        {"sub": "2"}, {"sub": 1}, {"sub": "٣"}, {"sub": ""}, {"sub": "9" * 40}, {"sub": None},
        {"sid": other.session_id}, {"sid": True}, {"sid": 2**70}, {"sid": "1"}, {"sid": -1},
        {"tv": 1}, {"tv": False}, {"tv": 0.0}, {"tv": 10**30},
        {"scope": "admin"}, {"scope": ["full"]}, {"scope": None},
        {"jti": other.jti.reveal()}, {"jti": ""}, {"jti": "\udc80"}, {"jti": "x" * 10_000}, {"jti": 5},
    ]  # fmt: skip
    for wrong in foreign:
        assert await refusal({**good, **wrong}) is ServiceCode.NO_SESSION, wrong
        if "tv" not in wrong and "scope" not in wrong:
            assert not await sign_out({**good, **wrong}), wrong
    await current(session)


async def test_a_session_of_one_kind_opens_nothing_of_the_other(database: Database) -> None:
    maria = await user("maria", "support")
    session = await enter("maria")
    assert isinstance(await resume(session.jti), SignInRefused)
    assert not await end_terminal_session(session.jti)

    terminal = await sign_in("maria", RIGHT)
    assert isinstance(terminal, SignedIn)
    assert terminal.token is not None
    row = await UserSession.get(id=terminal.session_id)
    claims = {**session.claims(), "sid": row.id, "jti": terminal.token.reveal()}
    assert row.token_hash == hash_jti(terminal.token.reveal())
    assert (claims["sub"], claims["tv"]) == (str(maria.id), row.token_version)
    assert await refusal(claims) is ServiceCode.NO_SESSION
    assert not await sign_out(claims)
    await current(session)


async def test_must_change_gets_only_the_change_and_then_everything(database: Database) -> None:
    alice = await user("alice", must_change_password=True)
    session, elsewhere = await enter("alice"), await enter("alice")
    claims = session.claims()
    assert claims["scope"] == "change_password"
    assert await refusal(claims) is ServiceCode.SCOPE
    # Not by claiming it either, should a service sign what it should not.
    assert await refusal({**claims, "scope": "full"}) is ServiceCode.SCOPE
    found = await current(session, Scope.CHANGE_PASSWORD)

    weak = await change_password(found, claims, RIGHT, Secret("short"))
    assert isinstance(weak, ServiceRefused)
    assert (weak.code, [error.field for error in weak.errors]) == (ServiceCode.PASSWORD_POLICY, ["password"])
    wrong = await change_password(found, claims, WRONG, NEW)
    assert isinstance(wrong, ServiceRefused)
    assert wrong.code is ServiceCode.WRONG_PASSWORD
    assert (await UserAuthState.get(user_id=alice.id)).failed_count == 1

    renewed = await change_password(found, claims, RIGHT, NEW)
    assert isinstance(renewed, ServiceSession)
    assert (renewed.session_id, renewed.scope, renewed.token_version) == (session.session_id, Scope.FULL, 1)
    await current(renewed)
    for old in (session, elsewhere):
        assert await refusal(old.claims(), Scope.CHANGE_PASSWORD) is ServiceCode.NO_SESSION
    assert isinstance(await authenticate("alice", RIGHT), ServiceRefused)
    await enter("alice", NEW)
    assert [event.action for event in await events()][-1] == "users.change_own_password"


async def test_a_flag_set_meanwhile_narrows_a_session_that_is_open(database: Database) -> None:
    alice = await user("alice")
    session = await enter("alice")
    await set_columns(alice, must_change_password=True)
    assert await refusal(session.claims()) is ServiceCode.SCOPE
    assert (await current(session, Scope.CHANGE_PASSWORD)).scope is Scope.CHANGE_PASSWORD


async def test_an_old_hash_is_replaced_without_touching_an_edit(database: Database) -> None:
    root, alice = await superuser(), await user("alice", hashed_password=bcrypt.using(rounds=4).hash(PASSWORD))
    edit = await plan_edit(acting(root), alice, {"full_name": "Alice"})
    await asyncio.gather(*(enter("alice") for _ in range(4)))
    assert (await User.get(id=alice.id)).hashed_password.startswith("$argon2id$")
    assert (await apply(edit)).is_ok
    assert set(await outcomes()) == {"ok"}
    assert (await reread(alice)).version == 2


async def test_a_reset_between_verify_and_entry_wins(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await user("alice")
    seen: list[str | None] = []

    async def verified_late(text: str, stored: str | None) -> Any:
        verdict = await verify_off_loop(text, stored)
        if not seen:
            await set_columns(alice, hashed_password=hash_password(NEW.reveal()), token_version=1)
        seen.append(stored)
        return verdict

    monkeypatch.setattr("models.operations.service_sign_in.verify_off_loop", verified_late)
    assert isinstance(await authenticate("alice", RIGHT), ServiceRefused)
    assert len(seen) == 2
    assert await outcomes() == ["wrong"]


async def test_a_role_granted_and_taken_is_seen_by_the_next_request(database: Database) -> None:
    root, alice = await superuser(), await user("alice")
    session = await enter("alice")
    soon = await database_now(database.client) + timedelta(hours=1)
    assert (await apply(await plan_grant(acting(root), alice.id, "support", expires_at=soon))).is_ok
    assert (await current(session)).has("users.view")
    async with in_transaction():
        await UserRole.filter(user_id=alice.id).update(expires_at=await database_now(database.client))
    assert not (await current(session)).has("users.view")


async def test_last_seen_is_written_once_a_minute(database: Database) -> None:
    await user("alice")
    session = await enter("alice")
    first = (await UserSession.get(id=session.session_id)).last_seen_at
    await current(session)
    assert (await UserSession.get(id=session.session_id)).last_seen_at == first
    async with in_transaction():
        earlier = await database_now(database.client) - timedelta(minutes=2)
        await UserSession.filter(id=session.session_id).update(last_seen_at=earlier)
    await current(session)
    seen = (await UserSession.get(id=session.session_id)).last_seen_at
    assert first is not None
    assert seen is not None
    assert seen >= first


async def test_a_busy_database_does_not_hold_a_request_up(database: Database) -> None:
    """Somebody else's change is open: when a session was last seen is left for the next request."""
    await user("alice")
    session = await enter("alice")
    async with in_transaction():
        earlier = await database_now(database.client) - timedelta(minutes=2)
        await UserSession.filter(id=session.session_id).update(last_seen_at=earlier)
    held, done = asyncio.Event(), asyncio.Event()

    async def change() -> None:
        async with in_transaction():
            await UserSession.filter(id=session.session_id).update(user_agent="held")
            held.set()
            await done.wait()

    writing = asyncio.create_task(change())
    await held.wait()
    assert isinstance(await session_of(session.claims()), CurrentUser)
    assert not writing.done()
    done.set()
    await writing
    assert (await UserSession.get(id=session.session_id)).last_seen_at == earlier


async def test_ten_at_once_all_get_in(database: Database) -> None:
    for number in range(10):
        await user(f"user{number}")
    sessions = await asyncio.gather(*(enter(f"user{number}") for number in range(10)))
    assert len({session.session_id for session in sessions}) == 10
    assert len({session.jti.reveal() for session in sessions}) == 10
