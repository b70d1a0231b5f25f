"""`shellback audit undo`, through the door a script uses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, User
from tests.tui.cli.conftest import MARIA, in_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("maria")


def edited(run: Run, *values: str) -> str:
    """Edit alice; return the number of the operation."""
    sets = [word for value in values for word in ("--set", value)]
    ended = run("users", "edit", "alice", *sets, "--yes", "--json")
    assert ended.code == 0, ended.err
    return str(ended.document["outcome"]["op_id"])


async def _alice() -> Account:
    return await Account.get(username="alice")


def test_a_change_is_put_back_by_the_number_of_its_operation(run: Run, maria: str) -> None:
    op_id = edited(run, "full_name=Bob", "email=robert@example.com")
    planned = run("audit", "undo", op_id, "--dry-run", "--reason", "wrong alice")
    assert planned.code == 0
    assert "full_name: Bob -> Alice" in planned.out
    assert "email: robert@example.com -> alice@example.com" in planned.out
    assert "reason: wrong alice" in planned.out
    ended = run("audit", "undo", op_id, "--yes", "--reason", "wrong alice", "--ticket", "T-9")
    assert ended.code == 0
    assert ended.out.startswith("Undone. Saved ")
    assert in_database(maria, _alice).full_name == "Alice"
    again = run("audit", "undo", op_id, "--yes")
    assert again.code == 3
    assert "This was undone already, by maria at " in again.err


def test_what_is_left_is_named_and_the_event_will_do(run: Run, maria: str) -> None:
    op_id = edited(run, "full_name=Bob", "email=robert@example.com")
    edited(run, "email=other@example.com")

    async def event() -> int:
        return int((await AuditEvent.get(op_id=op_id)).id)

    ended = run("audit", "undo", str(in_database(maria, event)), "--dry-run", "--json")
    plan = ended.document["plan"]
    assert [change["field"] for change in plan["changes"]] == ["full_name"]
    assert plan["skipped"][0]["field"] == "email"
    assert plan["undo_of"] == op_id


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("4711",), 4, "The audit has no event 4711."),
        ((str(uuid4()),), 4, "The audit has no operation"),
        (("1", "--confirm", "3"), 2, "belong to --batch"),
    ],
)
def test_what_cannot_be_undone_ends_with_its_code(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended = run("audit", "undo", *words, "--yes")
    assert (ended.code, said in ended.err) == (code, True), ended.err


@pytest.mark.parametrize("words", [(), ("nonsense",), ("1", "--batch", str(uuid4())), ("--batch", "12")])
def test_what_makes_no_sense_is_a_mistake(run: Run, words: tuple[str, ...]) -> None:
    assert run("audit", "undo", *words, "--yes").code == 2


def test_nothing_is_undone_unasked(run: Run, maria: str) -> None:
    op_id = edited(run, "full_name=Bob")
    assert run("audit", "undo", op_id).code == 2
    assert in_database(maria, _alice).full_name == "Bob"


def test_a_batch_is_undone_for_whom_it_holds(run: Run, maria: str, tmp_path: Path) -> None:
    ids = ",".join(str(number) for number in in_database(maria, _ids))
    assert run("users", "bulk", "set", "--set", "full_name=X", "--ids", ids, "--yes").code == 0
    edited(run, "full_name=Somebody else")
    batch = str(in_database(maria, _batch))
    planned = run("audit", "undo", "--batch", batch, "--dry-run")
    assert planned.code == 0
    assert "Undo: 2 users of 3 selected (an edit by maria at " in planned.out
    assert "left out: 1, changed again since: alice" in planned.out
    results = tmp_path / "results.csv"
    ended = run("audit", "undo", "--batch", batch, "--yes", "--json", "--results", str(results))
    assert ended.code == 4
    assert ended.document["outcome"]["reasons"] == {"ok": 2, "written_over": 1}
    assert "alice,conflict,changed again since" in results.read_text()
    assert in_database(maria, _alice).full_name == "Somebody else"
    again = run("audit", "undo", "--batch", batch, "--yes")
    assert "Nobody to change; nothing was done." in again.err
    assert run("audit", "undo", "--batch", str(uuid4()), "--yes").code == 4


def test_more_than_ten_want_their_number_and_the_password(run: Run, maria: str) -> None:
    async def many() -> None:
        async with in_transaction():
            people = [User(username=f"p{n:03}", username_key=f"p{n:03}", hashed_password="x") for n in range(12)]
            await User.bulk_create(people)

    in_database(maria, many)
    assert run("confirm", "bulk", "--password-stdin", stdin=MARIA).code == 0
    forced = run("users", "bulk", "force-change", "--query", "p0", "--confirm", "12", "--json")
    assert forced.code == 0, forced.err
    batch = forced.document["outcome"]["op_id"]
    assert run("audit", "undo", "--batch", batch, "--yes").code == 2
    ended = run("audit", "undo", "--batch", batch, "--confirm", "12")
    assert (ended.code, ended.out) == (0, "Undo: 12 done.\n"), ended.err


async def _ids() -> list[int]:
    return [account.id for account in await Account.filter(username__in=["alice", "alina", "bob"])]


async def _batch() -> UUID | None:
    row = await AuditEvent.filter(batch_id__not_isnull=True).order_by("-seq").first()
    return row.batch_id if row else None
