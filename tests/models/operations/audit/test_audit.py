"""The chain: what it is made of, how a change to it shows, and that secrets never enter it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from models import AuditEvent
from models.engines.errors import ConstraintViolated
from models.operations import Actor, ActorKind, AuditDraft, AuditOutcome, Change, Target, record, verify_chain
from models.operations.audit.row import draft_row
from models.operations.audit.writing import GENESIS, HASHED_FIELDS, append_all, event_payload
from models.operations.transactions import write_transaction
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from tui.database import Database

ACTOR = Actor(7, "maria", ActorKind.CLI, "mruiz", "bastion", "10.0.0.4", sudo_user="maria")
OPEN = {
    "sqlite": "DROP TRIGGER audit_events_no_update; DROP TRIGGER audit_events_no_delete;",
    "postgres": (
        "DROP TRIGGER audit_events_append_only ON audit_events;"
        " DROP TRIGGER audit_events_archived_only ON audit_events;"
    ),
}


async def write(number: int) -> None:
    for index in range(number):
        change = Change("full_name", f"n{index}", f'ü {index} \u202e \\ "')
        await record(
            AuditDraft(ACTOR, "users.edit", Target("user", index, "alice"), changes=(change,), meta={"n": 1.5})
        )


async def test_a_chain_verifies_and_hashes_what_it_says(database: Database) -> None:
    await write(5)
    report = await verify_chain(batch=2)
    last = await AuditEvent.get(seq=5)
    assert (report.rows, report.tip_seq, report.tip_hash, report.bad) == (5, 5, last.hash, None)
    first = await AuditEvent.get(seq=1)
    assert first.prev_hash == GENESIS
    row = (await AuditEvent.filter(seq=1).values())[0]
    text = json.dumps(event_payload(row), sort_keys=True, separators=(",", ":"))
    assert first.hash == hashlib.sha256((GENESIS + text).encode()).hexdigest()
    assert (first.claimed_os_user, first.claimed_host, first.claimed_ssh_client) == ("mruiz", "bastion", "10.0.0.4")
    assert first.meta["sudo_user"] == "maria"
    assert (first.db_user is not None) == (database.dialect == "postgres")
    assert (await verify_chain(after_seq=3, after_hash=(await AuditEvent.get(seq=3)).hash)).rows == 2


def test_every_column_is_part_of_the_hash() -> None:
    assert set(HASHED_FIELDS) == AuditEvent._meta.db_fields - {"id", "prev_hash", "hash"}


@pytest.mark.parametrize(
    ("sql", "seq", "problem"),
    [
        ("UPDATE audit_events SET actor_label = 'tom' WHERE seq = 3", 3, "content"),
        ("UPDATE audit_events SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 4", 4, "content"),
        ("DELETE FROM audit_events WHERE seq = 2", 3, "missing"),
        ("DELETE FROM audit_events WHERE seq = 1", 2, "missing"),
        (f"UPDATE audit_events SET prev_hash = '{GENESIS}' WHERE seq = 3", 3, "continue"),
    ],
)
async def test_what_was_tampered_with_is_named(database: Database, sql: str, seq: int, problem: str) -> None:
    await write(5)
    await execute(database, OPEN[database.dialect] + sql)
    bad = (await verify_chain(batch=2)).bad
    assert bad is not None
    assert bad.seq == seq
    assert problem in bad.problem


@pytest.mark.sqlite_only  # PostgreSQL itself refuses what is no JSON and no number of an operation
@pytest.mark.parametrize("column", ["changes", "op_id", "at"])
async def test_what_cannot_be_read_at_all_is_named(database: Database, column: str) -> None:
    await write(5)
    await execute(database, OPEN["sqlite"])
    await execute(database, f"UPDATE audit_events SET {column} = '{{no' WHERE seq = 4")
    bad = (await verify_chain(batch=3)).bad
    assert bad is not None
    assert (bad.seq, bad.problem) == (4, "its content cannot be read")


async def test_secrets_are_redacted_whatever_is_handed_over(database: Database) -> None:
    changes = (Change("hashed_password", "$old", "$new"), Change("token_hash", None, "abc"), Change("email", None, "e"))
    target = Target("user", 1, "alice\x00\ud800" + "x" * 200)
    await record(AuditDraft(ACTOR, "users.edit", target, AuditOutcome.DENIED, changes, reason="r" * 900))
    event = await AuditEvent.get(seq=1)
    assert event.changes == {
        "hashed_password": ["[redacted]", "[redacted: changed]"],
        "token_hash": ["[redacted]", "[redacted: changed]"],
        "email": [None, "e"],
    }
    assert (len(event.target_label), len(event.reason or "")) == (100, 500)
    assert (await verify_chain()).is_whole


def drafts(number: int) -> list[AuditDraft]:
    """Rows that share what neighbours share and differ in the rest: two actors, three actions, odd texts."""
    batch, operation = uuid4(), uuid4()
    system = Actor(None, "system", ActorKind.SYSTEM)
    return [
        AuditDraft(
            (ACTOR, system)[index % 2],
            ("users.edit", "users.create", "users.lock")[index % 3],
            Target("user", index + 1, ["alice", 'ü\t\\N"\n{}', "x" * 150, "nul\x00"][index % 4]),
            (AuditOutcome.OK, AuditOutcome.DENIED)[index % 5 == 0],
            (Change("full_name", None, 'a\\b\t"ü\u202e'), Change("is_active", True, False)) if index % 4 else (),
            reason="why " * (index % 2),
            ticket="T-1" if index % 7 == 0 else "",
            version_before=index if index % 3 else None,
            version_after=index + 1 if index % 3 else None,
            batch_id=batch,
            meta={"ended_sessions": index} if index % 2 else {},
            op_id=operation,
        )
        for index in range(number)
    ]


async def all_at_once(found: list[AuditDraft]) -> int:
    return await write_transaction(lambda client: append_all(client, found))


@pytest.mark.parametrize("number", [1, 19, 2503])
async def test_many_rows_are_chained_as_single_ones_are(database: Database, number: int) -> None:
    await write(2)
    found = drafts(number)
    assert await all_at_once(found) == number + 2
    await write(1)
    report = await verify_chain()
    assert (report.rows, report.bad) == (number + 3, None)
    rows = await AuditEvent.filter(seq__gt=2, seq__lte=number + 2).order_by("id").values()
    assert [row["seq"] for row in rows] == list(range(3, number + 3))
    for draft, row in zip(found, rows, strict=True):
        facts = {"db_user": row["db_user"], "seq": row["seq"]}
        if row["meta"] and "client_address" in row["meta"]:
            facts["meta"] = row["meta"]
        assert {name: row[name] for name in HASHED_FIELDS} == {**draft_row(draft, row["at"]), **facts}


async def test_of_no_rows_none_is_written(database: Database) -> None:
    assert await all_at_once([]) == 0
    assert (await verify_chain()).rows == 0


async def test_one_target_twice_in_one_operation_writes_nothing(database: Database) -> None:
    found = drafts(30)
    with pytest.raises(ConstraintViolated):
        await all_at_once([*found, found[0]])
    assert (await verify_chain()).rows == 0


async def test_rows_of_two_writers_at_once_are_one_chain(database: Database) -> None:
    await asyncio.gather(*(all_at_once(drafts(40)) for _ in range(5)), *(write(3) for _ in range(4)))
    report = await verify_chain()
    assert (report.rows, report.bad) == (212, None)
