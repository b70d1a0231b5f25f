"""Why can't this user log in?: the verdict is that of the rule and of the sign-ins themselves, in every state."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from tortoise.transactions import in_transaction

from models import AuditEvent, LoginAttempt, MfaFactor, UserAuthState, UserSession
from models.clock import database_now
from models.login_rules import Obstacle
from models.operations import Secret, SignedIn, apply, plan_deactivate, sign_in
from models.operations.service import ServiceSession, authenticate
from models.operations.transactions import connection
from models.operations.why import why
from models.operations.why_findings import Bearing, Mend, findings, verdict
from models.passwords.stored import Fitness
from tests.models.operations.people import PASSWORD, acting, set_columns, superuser, user

if TYPE_CHECKING:
    from models import Account
    from tui.database import Database

DAY = timedelta(days=1)


def when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


async def sign_in_state(user_id: int, **columns: Any) -> None:
    async with in_transaction():
        await UserAuthState.create(user_id=user_id, **columns)


async def attempt(user_id: int, outcome: str, at: datetime, address: str = "10.0.0.4", agent: str = "Firefox") -> None:
    async with in_transaction():
        await LoginAttempt.create(
            user_id=user_id, username_tried="x", outcome=outcome, ip=address, user_agent=agent, created_at=at
        )


async def brought_into(found: tuple[Obstacle, ...], name: str) -> Account:
    now = await database_now(connection())
    made = await user(name, "support")
    columns: dict[Obstacle, dict[str, Any]] = {
        Obstacle.DELETED: {"deleted_at": now - DAY},
        Obstacle.INACTIVE: {"is_active": False},
        Obstacle.EXPIRED: {"expires_at": now - DAY},
        Obstacle.NO_PASSWORD: {"has_usable_password": False},
        Obstacle.PASSWORD_EXPIRED: {"password_expires_at": now - DAY},
        Obstacle.MUST_CHANGE: {"must_change_password": True},
    }
    for obstacle in found:
        if obstacle in columns:
            await set_columns(made, **columns[obstacle])
    if Obstacle.LOCKED in found:
        await sign_in_state(made.id, locked_until=now + timedelta(minutes=14), lock_cause="failures", failed_count=10)
    elif Obstacle.PAUSED in found:
        await sign_in_state(made.id, failed_count=9, last_failed_at=now + timedelta(seconds=30))
    return made


STATES = [(), *((one,) for one in Obstacle), *combinations(Obstacle, 2), tuple(Obstacle)]


async def test_the_verdict_is_that_of_both_sign_ins_in_every_state(database: Database) -> None:
    for number, found in enumerate(STATES):
        made = await brought_into(found, f"person{number}")
        explained = await why(made.id)
        names = {str(one) for one in explained.obstacles}
        expected = {str(one) for one in found}
        if {"locked", "paused"} <= expected:
            expected -= {"paused"}
        assert names == expected
        stopping = [finding for finding in findings(explained, when) if finding.stops]
        assert {finding.code for finding in stopping} == expected - {"must_change"}
        assert explained.can_sign_in is explained.is_allowed is not bool(stopping)
        assert ("cannot sign in" in verdict(explained, when)) is bool(stopping)
        by_service = await authenticate(made.username, Secret(PASSWORD))
        assert isinstance(by_service, ServiceSession) is explained.can_sign_in, found
        by_shellback = await sign_in(made.username, Secret(PASSWORD))
        assert isinstance(by_shellback, SignedIn) is explained.can_sign_in, found


@pytest.mark.parametrize(
    ("stored", "fitness"),
    [
        ("", Fitness.EMPTY),
        ("$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ", Fitness.CUT),
        ("$2b$12$short", Fitness.CUT),
        ("x", Fitness.FOREIGN),
        ("{SSHA}abcdef", Fitness.FOREIGN),
        ("!locked", Fitness.FOREIGN),
        (
            "$argon2id$v=19$m=4294967295,t=3,p=4$LuW8t1aq9b63tpZyTsm5Nw$V6HIO2LjS0x84EzXCphg9oWCKVIdqcsj4knKqjqiK4E",
            Fitness.ABSURD,
        ),
    ],
)
async def test_a_hash_that_cannot_be_used_is_named_and_never_shown(
    database: Database, stored: str, fitness: Fitness
) -> None:
    alice = await user("alice", "support")
    await set_columns(alice, hashed_password=stored)
    explained = await why("alice")
    assert (explained.hash, explained.is_allowed, explained.can_sign_in) == (fitness, True, False)
    (found,) = [finding for finding in findings(explained, when) if finding.stops]
    assert (found.code, found.mend) == ("hash", Mend.RESET)
    assert verdict(explained, when).startswith("alice cannot sign in: the stored hash cannot be used")
    assert len(stored) < 2 or stored not in repr(explained) + found.sentence
    assert not isinstance(await sign_in("alice", Secret(PASSWORD)), SignedIn)


async def test_a_lock_says_its_cause_and_a_person_who_locked_is_named(database: Database) -> None:
    now = await database_now(connection())
    by_failures, by_staff = await user("failing"), await user("locked")
    await sign_in_state(
        by_failures.id, locked_until=now + timedelta(minutes=14), lock_cause="failures", failed_count=10
    )
    await attempt(by_failures.id, "wrong, now locked", now, "10.0.0.4")
    await sign_in_state(by_staff.id, locked_until=now + DAY, lock_cause="staff")
    await happened(by_staff.id, "users.lock", "maria", "left the firm")
    lasts = when(now + timedelta(minutes=14))
    assert verdict(await why("failing"), when) == (
        f"failing cannot sign in: locked until {lasts} after 10 failed sign-ins, the last from 10.0.0.4."
    )
    lasts = when(now + DAY)
    assert verdict(await why("locked"), when) == (
        f"locked cannot sign in: locked until {lasts} by maria: left the firm."
    )


async def happened(user_id: int, action: str, by: str, reason: str = "") -> None:
    async with in_transaction():
        seq = await AuditEvent.all().count() + 1
        await AuditEvent.create(
            op_id=uuid.uuid4(), actor_label=by, actor_kind="tui", action=action, target_type="user",
            target_id=user_id, outcome="ok", reason=reason, seq=seq, prev_hash="", hash=str(seq),
        )  # fmt: skip


async def test_nothing_stops_says_what_was_tried_lately_and_from_where(database: Database) -> None:
    now = await database_now(connection())
    alice = await user("alice", "support")
    for minutes in (200, 3, 2, 1):
        await attempt(alice.id, "wrong", now - timedelta(minutes=minutes))
    explained = await why("ALICE")
    assert verdict(explained, when) == (
        "Nothing stops alice: the password or the client is the cause; "
        "3 wrong passwords in the last hour from 10.0.0.4."
    )
    by_code = {finding.code: finding for finding in findings(explained, when)}
    assert by_code["failures"].mend is Mend.RESET
    assert "capitals make no difference" in by_code["spelling"].sentence
    assert by_code["never"].bearing is Bearing.NOTE


async def test_everything_else_that_bears_on_it_is_said(database: Database) -> None:
    now = await database_now(connection())
    root = await superuser("root")
    alice = await user("alice", email="alice@x.example", password_changed_at=now)
    async with in_transaction():
        await MfaFactor.create(user_id=alice.id, kind="totp", secret_encrypted=b"x")
        await MfaFactor.create(user_id=alice.id, kind="totp", secret_encrypted=b"x", is_pending=True)
        await UserSession.create(
            user_id=alice.id, token_hash="a", kind="web", expires_at=now + DAY, revoked_at=now,
            revoked_by_label="root", revoke_reason="reset",
        )  # fmt: skip
    await attempt(alice.id, "ok", now - DAY)
    await user("аlice")  # Cyrillic a
    assert (await apply(await plan_deactivate(acting(root), alice.id, reason="left"))).is_ok
    explained = await why(" Alice@X.example ")
    said = {finding.code: finding for finding in findings(explained, when)}
    assert said["by_email"].bearing is Bearing.NOTE
    assert "аlice" in said["twin"].sentence
    assert "by root" in said["inactive"].sentence
    assert said["inactive"].mend is Mend.ACTIVATE
    assert said["factor"].mend is Mend.RESET_MFA
    assert said["no_role"].mend is Mend.GRANT
    assert "by root: reset" in said["ended"].sentence
    assert {"changed", "unverified"} <= said.keys()
    assert explained.factors == ("totp",)


async def test_an_address_finds_the_account_but_does_not_sign_in(database: Database) -> None:
    await user("alice", email="alice@x.example")
    explained = await why("alice@x.example")
    assert "takes the username alice and no e-mail address" in verdict(explained, when)


@pytest.mark.parametrize(
    "typed", ["alcie.jones", "alice.jone", "alice jones", "a1ice.jones", "alice.jonnes", "alicejones"]
)
async def test_a_name_nobody_has_names_who_is_near(database: Database, typed: str) -> None:
    alice = await user("alice.jones")
    await user("bob")
    explained = await why(typed)
    assert explained.account is None
    assert [named.id for named in explained.near] == [alice.id]
    assert verdict(explained, when) == f"Nobody is called {typed}. Nearest: alice.jones."
    assert findings(explained, when) == ()


@pytest.mark.parametrize(
    "typed", ["", "   ", "\0", "\ud800", "x" * 100_000, "'; DROP TABLE users; --", "%", "@", "\u202e", 0, -1, 2**31]
)
async def test_whatever_is_typed_is_answered(database: Database, typed: int | str) -> None:
    await user("alice")
    explained = await why(typed)
    assert explained.account is None
    assert verdict(explained, when)


async def test_hostile_text_reaches_the_sentences_as_it_is_and_breaks_nothing(database: Database) -> None:
    now = await database_now(connection())
    alice = await user("alice")
    await set_columns(alice, is_active=False, deactivation_reason="\x1b[31m[red]x[/red]{id}%s" * 5)
    await attempt(alice.id, "wrong\x1b[0m", now, "\x1b]0;", "\u202e" * 200)
    explained = await why("alice")
    said: dict[str, Any] = {finding.code: finding.as_json(alice.id) for finding in findings(explained, when)}
    assert "{id}%s" in said["inactive"]["sentence"]
    assert said["inactive"]["mend"] == f"shellback users activate {alice.id}"
