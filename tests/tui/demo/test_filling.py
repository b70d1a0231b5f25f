"""A filled database keeps the rules of the operations, on both dialects."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, LoginAttempt, RolePermission, User, UserAuthState, UserRole, UserSession
from models.operations import Status, apply, plan_restore, verify_chain
from models.operations.deletion.placeholders import placeholder
from models.operations.plan import Secret
from models.operations.sign_in.answers import SignedIn, SignInRefused
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.session import resume
from models.passwords import Verdict, verify
from models.usernames import display_form, email_key, key, skeleton
from tests.models.operations.people import acting
from tui.browse.user.activity import DAYS
from tui.database import open_database
from tui.demo import DemoSummary, NotEmptyError, fill
from tui.settings import parse_url

PEOPLE = 1500


@pytest.fixture
async def summary(database_url: str, dialect: str) -> AsyncIterator[DemoSummary]:
    made = await asyncio.to_thread(fill, database_url, dialect, PEOPLE, 7)
    async with await open_database(parse_url(database_url)):
        yield made


async def test_the_rows_keep_the_rules_of_accounts(summary: DemoSummary) -> None:
    accounts = await Account.all().order_by("id")
    assert [account.id for account in accounts] == list(range(1, PEOPLE + 1)) == list(range(1, summary.users + 1))
    for account in accounts:
        assert display_form(account.username) == account.username
        assert key(account.username) == account.username_key
        assert email_key(account.email) == account.email_key
        assert account.created_at <= account.updated_at
        assert (account.deactivated_at is None) == (account.deactivation_reason is None)
        assert account.is_active == (account.deactivated_at is None)
        assert account.deleted_at is None or (account.email is None and not account.has_usable_password)


async def test_every_state_of_an_account_is_there(summary: DemoSummary) -> None:
    accounts, states = await Account.all(), await UserAuthState.all()
    now = max(account.created_at for account in accounts)
    assert summary.username == "admin"
    for share in (
        [account for account in accounts if account.deactivated_at],
        [account for account in accounts if account.deleted_at],
        [account for account in accounts if account.expires_at and account.expires_at < now],
        [account for account in accounts if account.must_change_password],
        [account for account in accounts if not account.has_usable_password],
        [account for account in accounts if account.email is None],
        [account for account in accounts if not account.is_verified],
        [state for state in states if state.locked_until],
        [state for state in states if state.failed_count],
        await LoginAttempt.filter(outcome="wrong"),
        await UserSession.filter(user__is_active=False, revoked_at=None),
    ):
        assert 0 < len(share) < PEOPLE / 4
    assert {state.lock_cause for state in states} == {None, "staff", "failures"}
    assert 1 < len([account for account in accounts if account.is_superuser]) < 5
    granted = await UserRole.all().values("role__name")
    assert {str(grant["role__name"]) for grant in granted} == {"operator", "support", "auditor", "dba"}
    assert await RolePermission.all().count() > 0


async def test_whoever_came_lately_has_a_sign_in_that_is_counted(summary: DemoSummary) -> None:
    assert summary.users == PEOPLE
    lately = await UserAuthState.filter(last_login_at__gte=datetime.now(UTC) - timedelta(days=DAYS - 1))
    came = set(await LoginAttempt.filter(outcome="ok").values_list("user_id", "created_at"))
    assert len(lately) > PEOPLE / 10
    assert {(state.user_id, state.last_login_at) for state in lately} <= came


async def test_a_deleted_user_is_restored_under_the_name_of_before(summary: DemoSummary) -> None:
    actor = acting(await Account.get(username=summary.username))
    for account in await Account.filter(deleted_at__not_isnull=True).limit(5):
        assert account.username == placeholder(account.id)
        plan = await plan_restore(actor, account.id)
        assert plan.is_allowed
        assert (await apply(plan)).status is Status.OK
        restored = await Account.get(id=account.id)
        assert restored.username != account.username
        assert restored.deleted_at is None


async def test_one_username_imitates_another(summary: DemoSummary) -> None:
    by_look: dict[str, set[str]] = {}
    for username in await Account.filter(deleted_at=None).values_list("username", flat=True):
        by_look.setdefault(skeleton(str(username)), set()).add(key(str(username)))
    assert max(map(len, by_look.values())) == 2


async def test_the_history_is_whole_and_ends_at_the_versions_of_the_users(summary: DemoSummary) -> None:
    report = await verify_chain()
    assert report.is_whole, report.bad
    assert report.rows == summary.audit_events > PEOPLE / 10
    versions = dict(await Account.all().values_list("id", "version"))
    names = dict(await Account.all().values_list("id", "username"))
    seen: dict[int, int | None] = dict.fromkeys(versions, 1)
    for event in await AuditEvent.exclude(version_after=None).order_by("seq"):
        assert event.target_id is not None
        assert event.version_before == seen[event.target_id]
        assert event.target_label == names[event.target_id]
        seen[event.target_id] = event.version_after
    assert seen == versions


async def test_the_newest_of_the_history_is_of_many_kinds(summary: DemoSummary) -> None:
    newest = await AuditEvent.all().order_by("-seq").limit(100).values_list("action", flat=True)
    kinds = {str(action): newest.count(action) for action in newest}
    assert len(kinds) >= 5, kinds
    assert max(kinds.values()) <= 60, kinds


async def test_the_superuser_is_signed_in_and_can_sign_in(summary: DemoSummary) -> None:
    resumed = await resume(Secret(summary.token))
    assert isinstance(resumed, SignedIn)
    assert (resumed.actor.user_id, resumed.username) == (summary.superuser_id, "admin")
    assert isinstance(await sign_in("admin", Secret(summary.password)), SignedIn)
    assert isinstance(await sign_in("admin", Secret(summary.token)), SignInRefused)
    assert (await Account.get(id=1)).is_superuser
    assert summary.password not in repr(summary)
    assert summary.token not in repr(summary)


async def test_usable_means_usable(summary: DemoSummary) -> None:
    hashes = {user.has_usable_password: user.hashed_password for user in await User.all()}
    assert verify(summary.password, hashes[True]) is Verdict.OK
    assert verify(summary.password, hashes[False]) is Verdict.WRONG


async def test_new_users_get_new_ids(summary: DemoSummary) -> None:
    async with in_transaction():
        created = await User.create(username="newcomer", hashed_password="!")
    assert created.id == PEOPLE + 1


async def test_a_database_with_somebody_in_it_is_refused_and_left_alone(database_url: str, dialect: str) -> None:
    await asyncio.to_thread(fill, database_url, dialect, 3)
    with pytest.raises(NotEmptyError, match="3 users"):
        await asyncio.to_thread(fill, database_url, dialect, 5)
    async with await open_database(parse_url(database_url)):
        assert await Account.all().count() == 3


@pytest.mark.parametrize("people", [1, 2, 9])
async def test_few_people_do_as_well(database_url: str, dialect: str, people: int) -> None:
    await asyncio.to_thread(fill, database_url, dialect, people)
    async with await open_database(parse_url(database_url)) as database:
        assert await Account.all().count() == people
        assert (await verify_chain()).is_whole
        if dialect == "sqlite":
            assert await database.connection.execute_query_dict("PRAGMA foreign_key_check") == []


@pytest.mark.sqlite_only
def test_the_same_seed_and_time_make_the_same_database(
    database_url: str, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = int(time.time())
    monkeypatch.setattr(time, "time", lambda: frozen)
    paths = [url.removeprefix("sqlite://") for url in (database_url, empty_url)]
    with sqlite3.connect(paths[0]) as source, sqlite3.connect(paths[1]) as copy:
        source.backup(copy)
    dumps = []
    for path in paths:
        secrets = fill(path, "sqlite", 400, 3)
        with sqlite3.connect(path) as connection:
            rows = (
                connection.execute("SELECT * FROM users").fetchall()
                + connection.execute("SELECT * FROM audit_events").fetchall()
            )
        dumps.append([[value for value in row if not str(value).startswith("$argon2")] for row in rows])
        assert secrets.users == 400
    assert dumps[0] == dumps[1]
