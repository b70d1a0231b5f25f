"""Every screen and every key of each tier under its own database role: all of them work, and what a superuser of
Shellback may do besides is refused by the database, and told as such."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest
from textual.screen import Screen

from models.mfa_secrets import use_key_file
from models.operations import Secret
from models.operations.sign_in.answers import SignedIn
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.step_up import prove_for_life
from tests.grants.tiers import TierDatabase
from tests.grants.walk.belonging import staff, state_of
from tests.grants.walk.commands import PASSWORD
from tests.grants.walk.people import ROOT
from tests.grants.walk.visiting import Visit, walk
from tests.grants.walk.walking import MFA_KEY
from tests.tui.shell import StrictShell
from tests.tui.shell import _not_opened as not_opened
from tui.badge import LOCAL
from tui.database import open_database
from tui.grants import Tier
from tui.grants.privileges import PRIVILEGES
from tui.launch import Launch
from tui.person import person_of
from tui.screens.dialogs.base import Dialog
from tui.settings import parse_url

if TYPE_CHECKING:
    from models.permissions import Codename
    from tui.person import Person

pytestmark = pytest.mark.postgres_only


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dialog, "SETTLE", 0.0)
    monkeypatch.setenv("SHELLBACK_MFA_KEY", MFA_KEY)
    use_key_file(None)


class Shell(StrictShell):
    """Opens nothing by itself."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"start": Screen}


async def entered(walked: TierDatabase, url: str, username: str) -> Person:
    """Somebody with a session that was opened over this connection, and every proof: no tier proves for so long."""
    async with await open_database(parse_url(url)):
        who = await sign_in(username, Secret(PASSWORD))
        assert isinstance(who, SignedIn)
    async with await open_database(parse_url(walked.url(walked.server.user))):
        await prove_for_life(who.session_id)
    return person_of(who)


async def visited(
    walked: TierDatabase,
    tier: Tier,
    person: Person,
    *,
    besides: frozenset[Codename] = frozenset(),
    reads: frozenset[Codename] = frozenset(),
) -> Visit:
    async with await open_database(parse_url(walked.tier_url(tier))) as database:
        app = Shell(Launch("app@db", not_opened, LOCAL))
        async with app.run_test(size=(120, 24)) as pilot:  # fewer lines are drawn sooner
            app.database = database
            app.enter(person)
            visit = await walk(pilot, besides=besides, reads=reads)
            app.database = None
    return visit


LESS: Final = {
    Tier.SUPPORT: (),
    Tier.DBA: (),
    Tier.AUDITOR: (Tier.SUPPORT,),
    Tier.OPERATOR: (Tier.SUPPORT,),
    Tier.SUPERUSER: (Tier.SUPPORT, Tier.DBA, Tier.AUDITOR),
}
"""Whose areas a tier reads as well: a key that only reads is pressed under the one that may read least."""


def _readable(tier: Tier) -> set[tuple[str, str]]:
    """Tables and their columns; "" for every column of a table."""
    chosen = [one for one in PRIVILEGES[tier] if one.verb == "SELECT"]
    return {(one.table, column) for one in chosen for column in one.columns or ("",)}


def test_who_may_read_less_may_read_nothing_else() -> None:
    for tier, others in LESS.items():
        mine = _readable(tier)
        for other in others:
            more = {(table, column) for table, column in _readable(other) if (table, "") not in mine}
            assert more <= mine, (tier, other, more - mine)


@pytest.mark.parametrize("tier", Tier)
async def test_every_screen_and_key_of_the_tier_works(walked: TierDatabase, tier: Tier) -> None:
    person = await entered(walked, walked.tier_url(tier), staff(tier))
    visit = await visited(walked, tier, person, reads=frozenset().union(*(less.allowed for less in LESS[tier])))
    assert visit.troubles == []
    assert "MeScreen" in visit.screens
    assert visit.pressed


@pytest.mark.parametrize("tier", [Tier.SUPPORT, Tier.AUDITOR])
async def test_what_shellback_would_allow_the_database_refuses(walked: TierDatabase, tier: Tier) -> None:
    person = await entered(walked, walked.url(walked.server.user), ROOT)
    before = await asyncio.to_thread(state_of, walked)
    visit = await visited(walked, tier, person, besides=tier.allowed)
    role = walked.login(tier)
    assert [said for said in visit.troubles if f"refuses this to the role {role}" not in said] == []
    assert await asyncio.to_thread(state_of, walked) == before
