"""What the database is told: no password, token or key in the text or the values of any statement, at any setting of
the server's log; and nothing of what was replaced or deleted stays in an SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from models import Role
from models.mfa_secrets import use_keys
from models.operations import (
    PasswordMethod,
    ResetOptions,
    Secret,
    Status,
    apply,
    plan_change_own_password,
    plan_reset,
    redeem_reset,
)
from models.operations.sign_in.answers import SignedIn, SignInRefused
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.session import resume, sign_out
from models.operations.sign_in.step_up import NotProven, Proven, StepUpClass, step_up
from tests.e2e.traces import database_bytes, files_below, found_in
from tests.models.operations.mfa.phone import KEYS, enrolled
from tests.models.operations.people import PASSWORD, acting, superuser, user
from tests.postgres import PostgresServer
from tui.database import Database, open_database
from tui.settings import parse_url

WRONG = "a wrong canary in this box"
WRONG_AGAIN = "a wrong canary of a step up"
KEY = "a key of the tests, long enough for one"
OWN = "seven gentle rivers meet at dusk"
REDEEMED = "nine quiet harbours under snow"
NOISY = ("log_statement = 'all'", "log_min_duration_statement = 0", "log_min_error_statement = 'debug5'")
"""With all of these PostgreSQL writes down each statement and every value that is sent with it."""


@pytest.fixture
def noisy_url(database_url: str, dialect: str, request: pytest.FixtureRequest) -> str:
    if dialect == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = parse_url(database_url).server
        assert name is not None
        for setting in NOISY:
            server.execute(f'ALTER DATABASE "{name.database}" SET {setting}')
    return database_url


@pytest.fixture
async def opened(noisy_url: str) -> AsyncIterator[Database]:
    use_keys(KEYS)
    async with await open_database(parse_url(noisy_url)) as database:
        yield database
    use_keys(None)


async def everything_that_has_a_secret() -> list[str]:
    """Signs in, steps up, resets in every way, redeems, changes and enrols; the secrets that went through it."""
    root = await superuser()
    alice = await user("alice")
    assert isinstance(await sign_in("root", Secret(WRONG)), SignInRefused)
    came = await sign_in("root", Secret(PASSWORD))
    assert isinstance(came, SignedIn)
    assert came.token is not None
    assert isinstance(await resume(came.token), SignedIn)
    assert isinstance(await step_up(came.actor, Secret(WRONG_AGAIN), StepUpClass.ROLES), NotProven)
    assert isinstance(await step_up(came.actor, Secret(PASSWORD), StepUpClass.ROLES), Proven)
    made = []
    for method in (PasswordMethod.GENERATE, PasswordMethod.WORDS, PasswordMethod.LINK):
        outcome = await apply(await plan_reset(acting(root), alice.id, ResetOptions(method)))
        assert outcome.secret is not None, outcome.sentence
        made.append(outcome.secret.reveal())
    assert (await redeem_reset(Secret("A" * 43), Secret(REDEEMED))).status is not Status.OK
    assert (await redeem_reset(Secret(made[-1]), Secret(REDEEMED))).status is Status.OK
    phone = await enrolled(root)
    changed = await apply(await plan_change_own_password(acting(root), Secret(PASSWORD), Secret(OWN)))
    assert changed.status is Status.OK, changed.sentence
    assert not await sign_out(came.token)  # the change of the password has ended it
    return [WRONG, WRONG_AGAIN, PASSWORD, OWN, REDEEMED, *made, came.token.reveal(), phone.secret, KEY, "A" * 43]


async def test_no_statement_and_no_row_has_a_secret(
    opened: Database, noisy_url: str, dialect: str, request: pytest.FixtureRequest
) -> None:
    secrets = await everything_that_has_a_secret()
    await opened.close()
    whole = await asyncio.to_thread(database_bytes, noisy_url)
    assert b"alice" in whole
    assert found_in(whole, secrets) == []
    if dialect == "sqlite":
        path = parse_url(noisy_url).path
        assert path is not None
        for file, data in files_below(path.parent).items():
            assert found_in(data, secrets) == [], file
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    log = (Path(server.host) / "log").read_bytes()
    assert b"INSERT INTO" in log, "the server writes statements down"
    assert b"= 'alice'" in log, "and the values that are sent with them"
    assert found_in(log, secrets) == []


@pytest.mark.sqlite_only
async def test_nothing_of_a_row_that_is_gone_stays_in_the_file(noisy_url: str) -> None:
    path = parse_url(noisy_url).path
    assert path is not None
    person = "somebody-who-wanted-to-be-forgotten"
    raw = sqlite3.connect(path)
    raw.executescript("PRAGMA secure_delete = OFF; CREATE TABLE control (x); CREATE TABLE other (x)")
    raw.execute("INSERT INTO control VALUES ('left-in-a-free-page'), ('stays')")
    raw.commit()
    raw.execute("DELETE FROM control WHERE x LIKE 'left%'")
    raw.commit()
    raw.close()
    async with await open_database(parse_url(noisy_url)), in_transaction():
        role = await Role.create(name=person)
    async with await open_database(parse_url(noisy_url)), in_transaction():
        assert await Role.filter(id=role.id).delete() == 1
    data = path.read_bytes()
    assert b"left-in-a-free-page" in data, "a file that is not told to forget does not"
    assert person.encode() not in data
