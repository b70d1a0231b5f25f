"""`shellback settle`: what became of an operation, by its number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from models import Account
from models.operations import ActorKind, apply, plan_create_first_superuser, plan_edit, plan_revoke, system_actor
from models.operations.plan import Actor, Outcome, Secret, Status
from tests.tui.cli.conftest import MARIA, in_database
from tui.cli.plans import exit_of, print_outcome

if TYPE_CHECKING:
    from uuid import UUID

    from tests.tui.cli.conftest import Run


async def _changed() -> tuple[UUID, UUID]:
    """A change that happened, and one that was refused."""
    first = await plan_create_first_superuser(system_actor(), {"username": "maria"}, Secret(MARIA))
    assert (await apply(first)).is_ok
    maria = await Account.get(username="maria")
    actor = Actor(maria.id, "maria", ActorKind.CLI)
    done = await apply(await plan_edit(actor, maria, {"full_name": "Maria"}))
    refused = await apply(await plan_revoke(actor, maria.id, "support"))
    return done.op_id, refused.op_id


def test_what_happened_what_was_refused_and_what_never_came(run: Run, database_url: str) -> None:
    done, refused = in_database(database_url, _changed)

    happened = run("settle", str(done), "--url", database_url)
    assert happened.code == 0
    assert happened.out.startswith("It happened: users.edit, at ")

    stopped = run("settle", str(refused), "--url", database_url)
    assert (stopped.code, stopped.out.partition(":")[0]) == (1, "It did not happen")

    never = run("settle", str(uuid4()), "--url", database_url, "--json")
    assert never.code == 1
    told = json.loads(never.out)["settled"]
    assert (told["fate"], told["action"], told["users"]) == ("aborted", None, 0)


def test_a_file_that_cannot_be_written_does_not_say_no(run: Run, database_url: str) -> None:
    asked = run("settle", str(uuid4()), "--url", database_url, "--read-only")
    if database_url.startswith("sqlite"):
        assert (asked.code, asked.out) == (6, "")
        assert "open read-only" in asked.err
    else:
        assert asked.code == 1


def test_a_write_that_nobody_knows_of_names_the_command_that_asks_again(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def unknown() -> Outcome:
        plan = await plan_create_first_superuser(system_actor(), {"username": "maria"}, Secret(MARIA))
        return Outcome(Status.UNKNOWN, plan, "It may or may not have happened.", plan.target, None)

    outcome = in_database(database_url, unknown)
    capsys.readouterr()
    print_outcome(outcome)
    said = capsys.readouterr()
    assert said.out == ""
    assert f"shellback settle {outcome.op_id}" in said.err
    assert exit_of(outcome) == 6
