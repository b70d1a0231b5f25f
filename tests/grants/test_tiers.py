"""The matrix: every verb of the command line under the database role of each tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from models import AuditEvent, MfaFactor
from models.mfa_secrets import use_key_file
from models.operations import ActorKind, Secret
from models.operations.sign_in.answers import SignedIn
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.step_up import prove_for_life
from tests.grants.tiers import TierDatabase
from tests.grants.walk.belonging import is_of, staff, state_of
from tests.grants.walk.commands import PASSWORD
from tests.grants.walk.people import ROOT, Scenery, all_calls
from tests.grants.walk.walking import MFA_KEY, Ending, Walk
from tests.tui.cli.conftest import Run, in_database, run  # noqa: F401 - a fixture
from tests.tui.screens.migrations.project import write_project
from tui.cli import tokens
from tui.cli.arguments import build_parser
from tui.cli.place import locate
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only


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


@pytest.fixture
def begin(
    walked: TierDatabase,
    peopled: tuple[str, Scenery],
    empty_url: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Tier, str], Walk]:
    """Begins a walk as somebody, over the connection of a tier."""
    url = walked.url(walked.server.user)

    async def newest() -> str:
        return str((await MfaFactor.all().order_by("-id").first()).id)  # type: ignore[union-attr]

    def start(tier: Tier, username: str) -> Walk:
        monkeypatch.setenv("SHELLBACK_DATABASE_URL", walked.tier_url(tier))
        files = tmp_path / username
        files.mkdir()
        return Walk(
            run,
            peopled[1],
            username,
            files,
            lambda phone: in_database(url, phone.code),
            lambda: in_database(url, newest),
            write_project(files / "shop", of_role(walked, tier, empty_url)),
        )

    return start


@pytest.mark.parametrize("tier", Tier)
def test_every_verb_of_the_tier_works(walked: TierDatabase, begin: Callable[[Tier, str], Walk], tier: Tier) -> None:
    calls = [(number, row) for number, row in enumerate(all_calls()) if is_of(tier, row[1])]
    walk = begin(tier, staff(tier))
    endings = walk.through(calls)
    wrong = [str(ending) for ending in endings if ending.ended.code != ending.call.code]
    assert wrong == [], "\n" + "\n".join(wrong)
    prefix, app = walked.choice.prefix, walked.app
    compared = walk.run("grants", "--check", "--prefix", prefix, "--app", app)
    assert compared.code == 0, compared.out
    assert in_database(walked.url(walked.server.user), lambda: taken_for_raw(walked.login(tier))) == []


async def taken_for_raw(role: str) -> list[object]:
    """What Shellback wrote itself and the database took for written past it."""
    rows = AuditEvent.filter(action__startswith="db.", db_user=role)
    return list(await rows.values("action", "target_label", "changes", "meta"))


IDLE: Final = frozenset({"changes stage", "changes commit", "migrate apply", "migrate revert", "init"})
"""Commands that can have nothing to do, or nothing to do in the database."""
SKIPPED: Final = frozenset({"confirm"})
"""What the superuser gives a new password for, which nobody has here."""


def _is_told(tier: Tier, who: str, role: str, ending: Ending) -> bool:
    """Whether the end of a call that is not the tier's says what is so: who refuses, or what is missing."""
    code, said = ending.ended.code, ending.ended.err
    if "mistake" in said or "Traceback" in said:
        return False
    if code == 0:
        return ending.command in IDLE
    if tier is Tier.DBA and ending.command == "migrate revert" and ending.call.only == "owner":
        return "connect as the owner of what it names" in said
    if ending.command.startswith("migrate") or who == "of the tier":
        # The command line asks the server for migrations, and no account of Shellback.
        return ending.command.startswith("migrate") or code in (3, 4)
    if tier is Tier.DBA and "The session is over, or not of this database" in said:
        return True  # whoever is not of the tier is not there, for this role
    return f"refuses this to the role {role}" in said or "needs the password of root again" in said


@pytest.mark.parametrize("tier", [tier for tier in Tier if tier is not Tier.SUPERUSER])
@pytest.mark.parametrize("who", ["of the tier", "a superuser"])
def test_no_other_verb_does(walked: TierDatabase, begin: Callable[[Tier, str], Walk], tier: Tier, who: str) -> None:
    """An account of the tier is told so by Shellback; a superuser of Shellback, who may everything there, by the
    database: never that it was done, and nothing is."""
    username, role = staff(tier) if who == "of the tier" else ROOT, walked.login(tier)
    enter(walked, tier, username)
    walk = begin(tier, username)
    before = state_of(walked)
    calls = [(number, row) for number, row in enumerate(all_calls()) if not is_of(tier, row[1])]
    if who == "of the tier":  # Shellback refuses for the permission that is missing, whatever else is wanted
        calls = [*{(command, call.needs, call.only): (n, (command, call)) for n, (command, call) in calls}.values()]
    endings = walk.through((number, row) for number, row in calls if row[1].argv.split()[0] not in SKIPPED)
    wrong = [str(ending) for ending in endings if not _is_told(tier, who, role, ending)]
    assert wrong == [], "\n" + "\n".join(wrong)
    after = state_of(walked)
    assert [name for name in after if after[name] != before[name]] == []
    assert walk.run("doctor").code == 0, "the connection goes on"
    if who == "a superuser" and tier is not Tier.DBA:
        ended = walk.run("confirm", "roles", "--password-stdin", stdin=PASSWORD)
        assert (ended.code, f"refuses this to the role {role}" in ended.err) == (3, True)
