"""Whom the server takes a connection for, and where that is said: doctor, the sign-in screen, the status."""

from __future__ import annotations

import pytest

from models.operations import superuser_exists
from models.permissions import Codename
from tests.e2e.program import shellback
from tests.grants.tiers import TierDatabase
from tests.models.operations.people import superuser
from tui.database import open_database
from tui.database.role import ServerRole, only_its_tier
from tui.doctor.check import State
from tui.doctor.database import check_database
from tui.doctor.role import check_role
from tui.grants import Tier
from tui.screens.start.sign_in import trust
from tui.screens.status import read_facts
from tui.settings import parse_url

pytestmark = pytest.mark.postgres_only


async def test_the_database_holds_a_tier_and_not_its_superuser(tiers: TierDatabase) -> None:
    for tier in Tier:
        async with await open_database(parse_url(tiers.tier_url(tier))) as database:
            assert database.role is not None
            assert database.role.is_held, tier
            assert database.role.who == f"{tiers.login(tier)} ({tiers.choice.role(tier)})"
            assert "only accounts of its tier" in only_its_tier(database.role)
            assert f"knows this connection as {tiers.login(tier)}" in trust(database.role).plain
            facts = await read_facts(database, rescues=Codename.AUDIT_VIEW in tier.allowed)
            assert ("boundary", "the database enforces what this role may do") in facts.lines
    async with await open_database(parse_url(tiers.url(tiers.server.user))) as database:
        assert database.role is not None
        assert not database.role.is_held
        said = trust(database.role).plain
        assert said.endswith("which is a superuser of PostgreSQL.")
        assert only_its_tier(database.role) == ""
        assert "It is no wall" in said


async def test_no_tier_is_asked_for_the_first_superuser(tiers: TierDatabase) -> None:
    """Row security hides the superusers from a DBA: nobody there is not the same as nobody seen."""
    async with await open_database(parse_url(tiers.url(tiers.server.user))):
        assert not await superuser_exists()
        await superuser()
    for tier in Tier:
        async with await open_database(parse_url(tiers.tier_url(tier))):
            assert await superuser_exists(), tier
    with shellback(environment={"SHELLBACK_DATABASE_URL": tiers.tier_url(Tier.DBA)}) as terminal:
        screen = terminal.wait_for("Username")
        assert "First superuser" not in screen
        assert tiers.login(Tier.DBA) in screen


async def test_the_owner_of_the_audit_and_of_the_tables_is_named_as_such(tiers: TierDatabase) -> None:
    for owner, words in (
        (tiers.choice.audit_role, "owns the tables of the audit"),
        (tiers.choice.owner_role, "owns the tables"),
    ):
        tiers.server.execute(f'ALTER ROLE "{owner}" LOGIN')
        tiers.server.execute(f'GRANT CONNECT ON DATABASE "{tiers.name}" TO "{owner}"')
        async with await open_database(parse_url(tiers.url(owner))) as database:
            assert database.role is not None
            assert (database.role.is_held, database.role.why_not_held) == (False, words)


async def test_doctor_says_which_role_it_is_and_what_that_means(tiers: TierDatabase) -> None:
    async def looked(url: str) -> dict[str, tuple[State, str, str]]:
        return {check.name: (check.state, check.sentence, check.todo) for check in await check_database(parse_url(url))}

    state, sentence, todo = (await looked(tiers.url(tiers.server.user)))["role"]
    assert state is State.WARNING
    assert "guard rail only" in sentence
    assert "shellback grants" in todo
    for tier in Tier:
        found = await looked(tiers.tier_url(tier))
        assert found["role"][0] is State.OK
        assert State.FAILED not in {state for state, _, _ in found.values()}, found


def test_a_pooler_that_signs_in_for_everybody_is_told_of() -> None:
    role = ServerRole("web", "web", False, False, False, False, bound=True, member_of=("shellback_support",))
    assert check_role(role, "web").state is State.OK
    told = check_role(role, "sara")
    assert told.state is State.WARNING
    assert told.sentence.startswith(
        "The URL says sara, and the server knows this connection as web (shellback_support)"
    )
