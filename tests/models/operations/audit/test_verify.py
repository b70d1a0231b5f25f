"""Tampering of every kind, past the triggers, and what the check says of it, with anchors and without."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from models import AuditEvent
from models.engines.errors import DatabaseError
from models.operations import Actor, ActorKind, AuditDraft, Target, record
from models.operations.audit.anchors import Anchor
from models.operations.audit.row import GENESIS, HASHED_FIELDS, chain_hash, event_payload
from models.operations.audit.triggers import lacking_triggers
from models.operations.audit.verify import record_failure, verify_trail
from tests.models.operations.audit.test_audit import OPEN, write
from tests.models.operations.raw import execute

if TYPE_CHECKING:
    from tui.database import Database


SWAPPED = (
    "UPDATE audit_events SET seq = -1 WHERE seq = 3; UPDATE audit_events SET seq = 3 WHERE seq = 4;"
    " UPDATE audit_events SET seq = 4 WHERE seq = -1"
)


async def anchor_of(seq: int, database: str = "db") -> Anchor:
    return Anchor(seq, (await AuditEvent.get(seq=seq)).hash, datetime.now(UTC), database, "rows")


def copied(of: int, **other: str) -> str:
    """The statement that inserts a copy of a row; `other` are SQL expressions."""
    names = (*HASHED_FIELDS, "prev_hash", "hash")
    new = "'00000000-0000-4000-8000-000000000001'"
    values = {name: name for name in names} | {"op_id": new} | other
    columns, expressions = ", ".join(names), ", ".join(values.values())
    return f"INSERT INTO audit_events ({columns}) SELECT {expressions} FROM audit_events WHERE seq = {of};"


async def recomputed(database: Database, of: int, label: str) -> str:
    """The statements of somebody who knows the scheme: row `of` says something else, and all hashes are made anew."""
    previous, statements = GENESIS, [f"UPDATE audit_events SET target_label = '{label}' WHERE seq = {of};"]
    for row in await AuditEvent.all().order_by("seq").values():
        if row["seq"] == of:
            row["target_label"] = label
        digest = chain_hash(previous, event_payload(row))
        statements.append(
            f"UPDATE audit_events SET prev_hash = '{previous}', hash = '{digest}' WHERE seq = {row['seq']};"
        )
        previous = digest
    return " ".join(statements)


async def test_a_whole_trail_with_its_anchors(database: Database) -> None:
    await write(7)
    found = [await anchor_of(3), await anchor_of(7), None, await anchor_of(5, "another")]
    report = await verify_trail(anchors=found, database="db", batch=2)
    assert report.is_whole
    assert (report.rows, report.tip_seq, report.lacking) == (7, 7, ())
    compared = report.anchors
    assert compared is not None
    assert (compared.read, compared.own, compared.agreed, compared.foreign, compared.unreadable) == (4, 2, 2, 1, 1)
    assert compared.latest_seq == 7


@pytest.mark.parametrize(
    ("sql", "seq", "problem"),
    [
        ("UPDATE audit_events SET meta = NULL WHERE seq = 3", 3, "its content is not what was written"),
        ("UPDATE audit_events SET hash = prev_hash WHERE seq = 3", 3, "its content is not what was written"),
        ("DELETE FROM audit_events WHERE seq = 2", 3, "row 2 is missing before it"),
        ("DELETE FROM audit_events WHERE seq IN (1, 2)", 3, "rows 1 to 2 are missing before it"),
        ("UPDATE audit_events SET seq = 99 WHERE seq = 3", 4, "row 3 is missing before it"),
        (
            SWAPPED,
            3,
            "it does not continue the row before it",
        ),
        (copied(3, seq="0"), 0, "its number is less than 1, which none ever had"),
        (copied(6, seq="7"), 7, "it does not continue the row before it"),
        (copied(6, seq="7", prev_hash="hash"), 7, "its content is not what was written"),
    ],
)
async def test_what_was_done_to_the_rows_is_named(database: Database, sql: str, seq: int, problem: str) -> None:
    await write(6)
    await execute(database, OPEN[database.dialect] + sql)
    report = await verify_trail(batch=2)
    assert report.bad is not None
    assert (report.bad.seq, report.bad.problem) == (seq, problem)
    assert not report.is_whole
    assert report.lacking


async def test_a_row_inserted_between_others_whose_numbers_were_moved_is_named(database: Database) -> None:
    await write(6)
    moved = (
        "UPDATE audit_events SET seq = seq + 100 WHERE seq > 3; UPDATE audit_events SET seq = seq - 99 WHERE seq > 100;"
    )
    await execute(database, OPEN[database.dialect] + moved + copied(3, seq="4"))
    bad = (await verify_trail()).bad
    assert bad is not None
    assert (bad.seq, bad.problem) == (4, "it does not continue the row before it")


@pytest.mark.postgres_only  # elsewhere the unique key cannot be dropped without a new table
async def test_two_rows_with_one_number_are_found_at_the_edge_of_a_batch_too(database: Database) -> None:
    await write(4)
    await execute(
        database, OPEN["postgres"] + "ALTER TABLE audit_events DROP CONSTRAINT audit_events_seq_key;" + copied(2)
    )
    for batch in (1, 2, 3, 1000):
        bad = (await verify_trail(batch=batch)).bad
        assert bad is not None
        assert (bad.seq, bad.problem) == (2, "there are two rows with its number")


async def test_a_cut_tail_is_seen_by_an_anchor_alone(database: Database) -> None:
    await write(6)
    early, late = await anchor_of(4), await anchor_of(6)
    await execute(database, OPEN[database.dialect] + "DELETE FROM audit_events WHERE seq > 4")
    assert (await verify_trail()).is_whole
    report = await verify_trail(anchors=[early, late], database="db")
    assert report.bad is None
    assert not report.is_whole
    assert report.anchors is not None
    [bad] = report.anchors.bad
    assert (bad.anchor.seq, bad.problem) == (6, "the trail ends at row 4: its tail was cut off")
    assert report.anchors.agreed == 1


async def test_a_log_computed_anew_is_seen_by_an_anchor_alone(database: Database) -> None:
    await write(6)
    before, at, after = await anchor_of(2), await anchor_of(4), await anchor_of(6)
    await execute(database, OPEN[database.dialect] + await recomputed(database, 4, "mallory"))
    assert (await verify_trail()).is_whole
    report = await verify_trail(anchors=[after, before, at], database="db")
    assert report.anchors is not None
    assert [bad.anchor.seq for bad in report.anchors.bad] == [4, 6]
    assert "computed anew" in report.anchors.bad[0].problem
    assert report.anchors.agreed == 1


async def test_many_disagreeing_anchors_are_counted_and_the_first_named(database: Database) -> None:
    await write(30)
    found = [await anchor_of(seq) for seq in range(30, 0, -1)]
    await execute(database, OPEN[database.dialect] + await recomputed(database, 1, "mallory"))
    report = await verify_trail(anchors=found, database="db")
    assert report.anchors is not None
    assert report.anchors.disagreeing == 30
    assert [bad.anchor.seq for bad in report.anchors.bad] == list(range(1, 11))


async def test_since_a_row_only_what_came_after_is_checked(database: Database) -> None:
    await write(6)
    await execute(database, OPEN[database.dialect] + "UPDATE audit_events SET reason = 'x' WHERE seq = 2")
    report = await verify_trail(since=4)
    assert (report.first_seq, report.rows, report.bad) == (4, 3, None)
    assert (await verify_trail(since=1)).bad is not None
    assert (await verify_trail(since=100)).rows == 0


async def test_a_failure_is_recorded_and_a_good_check_is_not(database: Database) -> None:
    await write(4)
    actor = Actor(1, "maria", ActorKind.CLI)
    await record_failure(actor, await verify_trail())
    assert await AuditEvent.filter(action="audit.verify").count() == 0
    await execute(database, OPEN[database.dialect] + "UPDATE audit_events SET reason = 'x' WHERE seq = 2")
    await record_failure(actor, await verify_trail())
    event = await AuditEvent.get(action="audit.verify")
    assert event.outcome == "error"
    assert event.meta["bad"]["seq"] == 2


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_events SET reason = 'x' WHERE seq = 1",
        "DELETE FROM audit_events WHERE seq = 1",
        "DELETE FROM audit_events",
    ],
)
async def test_the_triggers_refuse(database: Database, sql: str) -> None:
    await write(2)
    with pytest.raises(Exception, match="append-only"):
        await execute(database, sql)
    assert (await verify_trail()).rows == 2


@pytest.mark.postgres_only
async def test_truncate_is_refused(database: Database) -> None:
    await write(2)
    with pytest.raises(Exception, match="append-only"):
        await execute(database, "TRUNCATE audit_events")
    with pytest.raises(Exception, match="append-only"):
        await execute(database, "TRUNCATE audit_archives")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "sql",
    [
        copied(1, seq="1").replace("INSERT", "INSERT OR REPLACE", 1),
        copied(1, seq="9", op_id="op_id").replace("INSERT", "INSERT OR REPLACE", 1),
        "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1;",
        "UPDATE OR REPLACE audit_events SET seq = 1 WHERE seq = 2;",
    ],
)
async def test_replace_which_fires_no_delete_trigger_is_refused(database: Database, sql: str) -> None:
    await write(2)
    with pytest.raises(Exception, match="append-only"):
        await execute(database, sql)
    report = await verify_trail()
    assert (report.rows, report.bad) == (2, None)


@pytest.mark.sqlite_only
async def test_an_archive_that_is_there_is_not_replaced(database: Database) -> None:
    await write(2)
    row = "(1, 1, 2, 'x', 2, 'f', 'y', 'maria')"
    columns = "(id, first_seq, last_seq, last_hash, rows, file_name, file_sha256, actor_label)"
    await execute(database, f"INSERT INTO audit_archives {columns} VALUES {row}")
    for statement in (
        f"INSERT OR REPLACE INTO audit_archives {columns} VALUES {row}",
        "UPDATE audit_archives SET last_seq = 99",
        "DELETE FROM audit_archives",
    ):
        with pytest.raises(Exception, match="append-only"):
            await execute(database, statement)


async def test_an_archive_that_nobody_made_excuses_nothing(database: Database) -> None:
    """Whoever has the credential can claim an archive, which lets rows go. The trail has no row of it."""
    await write(5)
    claimed = (
        "INSERT INTO audit_archives (first_seq, last_seq, last_hash, rows, file_name, file_sha256, actor_label)"
        " SELECT 1, 3, hash, 3, 'gone.jsonl', 'x', 'maria' FROM audit_events WHERE seq = 3; "
    )
    await execute(database, claimed + "DELETE FROM audit_events WHERE seq <= 3")
    report = await verify_trail()
    assert report.bad is None
    assert not report.is_whole
    assert "Nobody is recorded" in report.archives


@pytest.mark.parametrize("name", ["no_update", "no_delete", "no_replace"])
@pytest.mark.sqlite_only
async def test_a_trigger_that_is_not_there_is_told(database: Database, name: str) -> None:
    assert await lacking_triggers() == []
    await execute(database, f"DROP TRIGGER audit_events_{name}")
    verb = {"no_update": "UPDATE", "no_delete": "DELETE", "no_replace": "INSERT"}[name]
    assert await lacking_triggers() == [f"{verb} of audit_events"]


@pytest.mark.postgres_only
@pytest.mark.parametrize(
    ("sql", "lacking"),
    [
        (
            "DROP TRIGGER audit_events_append_only ON audit_events",
            ["UPDATE of audit_events", "TRUNCATE of audit_events"],
        ),
        ("ALTER TABLE audit_events DISABLE TRIGGER audit_events_archived_only", ["DELETE of audit_events"]),
        ("DROP TRIGGER audit_archives_append_only ON audit_archives", ["UPDATE", "DELETE", "TRUNCATE"]),
    ],
)
async def test_a_trigger_that_is_not_there_or_off_is_told(database: Database, sql: str, lacking: list[str]) -> None:
    assert await lacking_triggers() == []
    await execute(database, sql)
    found = await lacking_triggers()
    assert all(said in one for said, one in zip(lacking, found, strict=True))


async def test_no_audit_row_means_no_change(database: Database) -> None:
    """Whatever the verb: the row is part of the transaction."""
    await execute(database, "ALTER TABLE audit_events RENAME TO away")
    with pytest.raises(DatabaseError):
        await record(AuditDraft(Actor(1, "maria", ActorKind.CLI), "x", Target("user", 1, "a")))
