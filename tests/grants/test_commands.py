"""Every command has a place in the matrix; what no tier may do works for whoever owns the database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import MfaFactor
from models.mfa_secrets import use_key_file
from models.permissions import Codename
from tests.grants.walk.commands import COMMANDS, FIRST
from tests.grants.walk.people import ROOT, all_calls, make_people
from tests.grants.walk.walking import MFA_KEY, Walk
from tests.tui.cli.conftest import Run, in_database, run  # noqa: F401 - a fixture
from tests.tui.screens.migrations.project import write_project
from tui.cli.arguments import build_parser


def _leaves(parser: argparse.ArgumentParser) -> Iterator[str]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for child in action.choices.values():
            yield from _leaves(child)
    if not below:
        yield parser.prog.removeprefix("shellback ")


def test_every_command_has_a_place_in_the_matrix() -> None:
    assert set(_leaves(build_parser())) == COMMANDS.keys()


def test_every_permission_is_asked_for_somewhere_in_the_matrix() -> None:
    asked = {codename for _, call in all_calls() for codename in (*call.needs, *call.either)}
    assert asked == set(Codename) - {Codename.MIGRATIONS_VIEW, Codename.MIGRATIONS_MAKE}


@pytest.mark.postgres_only
def test_what_no_tier_may_works_for_the_owner(
    database_url: str,
    empty_url: str,
    run: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHELLBACK_DATABASE_URL", database_url)
    monkeypatch.setenv("SHELLBACK_MFA_KEY", MFA_KEY)
    use_key_file(None)
    scenery = in_database(database_url, make_people)

    async def newest() -> str:
        return str((await MfaFactor.all().order_by("-id").first()).id)  # type: ignore[union-attr]

    walk = Walk(
        run,
        scenery,
        ROOT,
        tmp_path,
        lambda phone: in_database(database_url, phone.code),
        lambda: in_database(database_url, newest),
        write_project(tmp_path / "shop", empty_url),
    )
    migrates = Codename.MIGRATIONS_APPLY
    calls = [
        (number, (command, call))
        for number, (command, call) in enumerate(all_calls())
        if command in FIRST or call.only == "owner" or migrates in call.needs
    ]
    endings = walk.through(calls)
    wrong = [str(ending) for ending in endings if ending.ended.code != ending.call.code]
    assert wrong == [], "\n" + "\n".join(wrong)
