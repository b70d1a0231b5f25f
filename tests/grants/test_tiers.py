"""The matrix: every verb of the command line under the database role of each tier."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models import MfaFactor
from models.mfa_secrets import use_key_file
from models.operations import ActorKind, Secret
from models.operations.signin import SignedIn, sign_in
from models.operations.step_up import prove_for_life
from tests.grants.tiers import TierDatabase, apply_tiers
from tests.grants.walk.belonging import is_of, staff
from tests.grants.walk.commands import PASSWORD
from tests.grants.walk.people import Scenery, all_calls, make_people
from tests.grants.walk.walking import MFA_KEY, Walk
from tests.postgres import PostgresServer
from tests.tui.cli.conftest import Run, in_database, run  # noqa: F401 - a fixture
from tests.tui.screens.migration_project import write_project
from tui.cli import tokens
from tui.cli.arguments import build_parser
from tui.cli.place import locate
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only


@pytest.fixture(scope="module")
def peopled(postgres_server: PostgresServer, _template: str) -> Iterator[tuple[str, Scenery]]:
    """The name of a database with everybody in it, to be cloned."""
    name = f"peopled_{uuid.uuid4().hex}"
    postgres_server.create(name, template=_template)
    yield name, in_database(postgres_server.url(name), make_people)
    postgres_server.drop(name)


@pytest.fixture
def peopled_url(postgres_server: PostgresServer, peopled: tuple[str, Scenery], role_prefix: str) -> Iterator[str]:
    """A clone of it. The roles of the test go when it is gone."""
    assert role_prefix
    name = f"walked_{uuid.uuid4().hex}"
    postgres_server.create(name, template=peopled[0])
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def walked(postgres_server: PostgresServer, peopled_url: str, role_prefix: str) -> TierDatabase:
    """The same, with every tier made real."""
    return apply_tiers(postgres_server, peopled_url, prefix=role_prefix)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_MFA_KEY", MFA_KEY)
    use_key_file(None)


def of_role(where: TierDatabase, tier: Tier, url: str) -> str:
    """The URL of another application's database for the tier's login. DBAs make tables there, others only look."""
    name = urlsplit(url).path.removeprefix("/")
    for each in Tier:
        rights = "ALL" if each is Tier.DBA else "USAGE"
        where.server.execute(f'GRANT {rights} ON SCHEMA public TO "{where.login(each)}"', name)
    return replace(where.server, user=where.login(tier)).url(name)


def enter(where: TierDatabase, tier: Tier, username: str) -> None:
    """A session that the owner of the database opened, with every proof, kept for the tier's connection."""

    async def open_session() -> str:
        who = await sign_in(username, Secret(PASSWORD), kind=ActorKind.CLI)
        assert isinstance(who, SignedIn)
        assert who.token is not None
        await prove_for_life(who.session_id)
        return who.token.reveal()

    place = locate(build_parser().parse_args(["--url", where.tier_url(tier)]))
    tokens.keep(place.state, place.identity, in_database(where.url(where.server.user), open_session), username)


@pytest.mark.parametrize("tier", Tier)
def test_every_verb_of_the_tier_works_and_no_other(
    walked: TierDatabase,
    peopled: tuple[str, Scenery],
    tier: Tier,
    empty_url: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop_url = of_role(walked, tier, empty_url)
    url = walked.url(walked.server.user)
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", walked.tier_url(tier))

    async def newest() -> str:
        return str((await MfaFactor.all().order_by("-id").first()).id)  # type: ignore[union-attr]

    walk = Walk(
        run,
        peopled[1],
        staff(tier),
        tmp_path,
        lambda phone: in_database(url, phone.code),
        lambda: in_database(url, newest),
        write_project(tmp_path / "shop", shop_url),
    )
    enter(walked, tier, staff(tier))
    calls = [(number, row) for number, row in enumerate(all_calls())]
    endings = walk.through((number, row) for number, row in calls if is_of(tier, row[1]))
    wrong = [str(ending) for ending in endings if ending.ended.code != ending.call.code]
    assert wrong == [], "\n" + "\n".join(wrong)
