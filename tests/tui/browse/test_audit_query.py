"""The search box of the audit: what is understood, what it selects, and that pages of it miss nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.models.operations.people import user
from tests.tui.screens.audit.trail import START, event, write_trail
from tui.browse.audit.complete import AUDIT as KNOWN
from tui.browse.audit.complete import AuditVocabulary
from tui.browse.audit.events import AuditRow, AuditSource, open_audit
from tui.browse.audit.query import parse_audit
from tui.browse.search.complete import complete
from tui.browse.search.suggest import QueryError
from tui.browse.sql import Sql, rows

if TYPE_CHECKING:
    from tui.browse.lists.rows import Position
    from tui.database import Database

BATCH = UUID(int=77)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("actor:maria", "by maria"),
        ("action:users.reset outcome:denied", "action users.reset, outcome denied"),
        ("Actor:maria", "by maria"),
        ("at:<2d", "recorded less than 2 days ago"),
        ("at:2026-03-02..2026-03-04", "recorded from 2026-03-02 to 2026-03-04"),
        ("-via:cli maria", "not through cli, by or on maria"),
        ('target:"alice jones"', "on alice jones"),
        (f"batch:{BATCH}", f"of the batch {BATCH}"),
        ("seq:3..9", "sequence 3..9"),
        ("", "every event"),
    ],
)
def test_what_is_typed_is_said_and_printed_back(text: str, words: str) -> None:
    query = parse_audit(text)
    assert query.words() == words
    assert parse_audit(str(query)) == query


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("actr:maria", 0, "Did you mean actor:?"),
        ("on:alice", 0, "Did you mean target:?"),
        ("maria outcome:refused", 14, "Did you mean denied?"),
        ("batch:12", 6, "it looks like"),
        ("at:none", 3, "never empty"),
        ("at:2d", 3, "needs a sign"),
        ("at:yesteday", 3, "Did you mean yesterday?"),
        ("seq:x", 4, "whole number"),
        ("seq:9..3", 4, "ends before it begins"),
        ("seq:<0", 5, "no sequence < 0"),
        ("actor:", 6, "needs a value"),
        ("actor:>3", 6, "takes no >"),
        ('maria "tom', 6, "the quote is not closed"),
        ("-", 1, "-outcome:ok"),
        ("a AND b", 2, 'leave it out. To search for the word: "AND"'),
        ("tom\x00", 3, "control character"),
        ("x" * 2001, 2000, "at most 2000"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, position: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_audit(text)
    assert caught.value.position == position
    assert said in caught.value.message


@pytest.fixture
async def trail(database: Database) -> dict[str, int]:
    """Four people, and 90 events of theirs that take turns in everything."""
    ids = {name: (await user(name)).id for name in ("maria", "tom", "alice", "bob")}
    names = list(ids)
    made = []
    for number in range(90):
        actor, target = names[number % 2], names[2 + number % 3 % 2]
        made.append(
            event(
                actor_id=ids[actor],
                actor_label=actor,
                actor_kind=("tui", "cli")[number % 4 // 2],
                action=("users.edit", "users.reset_password", "auth.sign_in")[number % 3],
                target_id=ids[target],
                target_label=target,
                outcome=("ok", "ok", "denied", "ok", "conflict")[number % 5],
                batch_id=BATCH if 20 <= number < 40 else None,
                ticket="T-9" if number % 10 == 0 else None,
            )
        )
    made.append(event(actor_id=None, actor_label="Gone", target_type="role", target_id=1, target_label="operator"))
    await write_trail(made)
    return ids


async def every(source: AuditSource, *, forward: bool = True, count: int = 7) -> list[AuditRow]:
    """All events of a list, page after page."""
    found: list[AuditRow] = []
    origin: Position | None = None
    while True:
        page = await source.page(origin, count, forward=forward)
        found = [*found, *page.rows] if forward else [*page.rows, *found]
        if page.edge is None:
            return found
        origin = page.edge


CASES: list[tuple[str, Any]] = [
    ("actor:maria", lambda e: e["actor_label"] == "maria"),
    ("target:alice", lambda e: e["target_label"] == "alice"),
    ("-target:alice", lambda e: e["target_label"] != "alice"),
    ("maria", lambda e: "maria" in (e["actor_label"], e["target_label"])),
    ("alice actor:tom", lambda e: e["target_label"] == "alice" and e["actor_label"] == "tom"),
    ("action:users", lambda e: e["action"].startswith("users.")),
    ("action:reset", lambda e: e["action"] == "users.reset_password"),
    ('action:"sign in"', lambda e: e["action"] == "auth.sign_in"),
    ("-action:users.edit", lambda e: e["action"] != "users.edit"),
    ("outcome:denied", lambda e: e["outcome"] == "denied"),
    ("outcome:denied actor:tom", lambda e: e["outcome"] == "denied" and e["actor_label"] == "tom"),
    ("via:cli", lambda e: e["actor_kind"] == "cli"),
    (f"batch:{BATCH}", lambda e: e["batch_id"] is not None),
    (f"batch:{BATCH} outcome:ok", lambda e: e["batch_id"] is not None and e["outcome"] == "ok"),
    (f"-batch:{BATCH}", lambda e: e["batch_id"] is None),
    (f"op:{UUID(int=5)}", lambda e: e["seq"] == 5),
    ("ticket:t-9", lambda e: e["ticket"] is not None),
    ("-ticket:T-9", lambda e: e["ticket"] is None),
    ("seq:10..20", lambda e: 10 <= e["seq"] <= 20),
    ("seq:10", lambda e: e["seq"] == 10),
    ("seq:>85", lambda e: e["seq"] > 85),
    ("-seq:>85", lambda e: e["seq"] <= 85),
    ("seq:>1000", lambda e: False),
    ("at:2026-03-02", lambda e: True),
    ("at:<2026-03-01", lambda e: False),
    ("kind:role", lambda e: e["target_type"] == "role"),
    ("target:operator", lambda e: e["target_type"] == "role"),
    ("actor:gone", lambda e: e["actor_label"] == "Gone"),
    ("actor:nobody", lambda e: False),
]


@pytest.mark.parametrize(("text", "selects"), CASES)
async def test_every_event_that_fits_is_found_and_no_other(trail: dict[str, int], text: str, selects: Any) -> None:
    everything = [dict(row) for row in await rows(Sql("SELECT * FROM audit_events ORDER BY id DESC"))]
    expected = [row["id"] for row in everything if selects(row)]
    source = await open_audit(parse_audit(text))
    source.access.pace.keys = 13
    assert [row.id for row in await every(source)] == expected
    source.access.pace.keys = 13
    assert [row.id for row in await every(source, forward=False)] == expected
    if expected:
        found = await source.find(expected[0])
        assert found is not None
    missing = next((row["id"] for row in everything if row["id"] not in expected), None)
    assert missing is None or await source.find(missing) is None


@pytest.mark.parametrize("text", ["at:{0}..{1}", "at:{0}..{1} outcome:ok", "-at:{0}..{1}", "at:{0}..{1} actor:maria"])
@pytest.mark.parametrize("most", [0, 100_000])
async def test_moments_are_a_range_whether_ids_rise_with_them_or_not(
    trail: dict[str, int], text: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.browse.audit import conditions as audit_conditions

    monkeypatch.setattr(audit_conditions, "MOST_IN_RANGE", most)
    clock = event(actor_id=trail["maria"], actor_label="maria")  # one that was set back by an hour, then on again
    await write_trail([clock, clock, clock])
    low, high = START + timedelta(minutes=31), START + timedelta(minutes=121)
    # As people type them: their own zone.
    typed = text.format(*(f"{moment.astimezone():%Y-%m-%dT%H:%M}" for moment in (low, high)))
    source = await open_audit(parse_audit(typed))
    source.access.pace.keys = 5
    found = await every(source, count=4)
    everything = await every(AuditSource())
    inside = [row for row in everything if row.at and low <= row.at < high + timedelta(minutes=1)]
    if text.startswith("-"):
        inside = [row for row in everything if row not in inside]
    if "outcome" in text:
        inside = [row for row in inside if row.outcome == "ok"]
    if "maria" in text:
        inside = [row for row in inside if row.actor_label == "maria"]
    assert {row.id for row in found} == {row.id for row in inside}
    assert len(found) == len(inside)
    source.access.pace.keys = 5
    assert [row.id for row in await every(source, count=4, forward=False)] == [row.id for row in found]


async def test_an_action_that_the_trail_does_not_have_is_told_with_what_was_meant(trail: dict[str, int]) -> None:
    with pytest.raises(QueryError) as caught:
        await open_audit(parse_audit("actor:maria action:users.edti"))
    assert caught.value.position == 19
    assert "Did you mean users.edit?" in caught.value.message


async def test_a_search_without_an_index_says_how_far_it_is(trail: dict[str, int]) -> None:
    source = await open_audit(parse_audit("outcome:error"))
    source.access.pace.keys = 20
    page = await source.page(None, 10, forward=True)
    assert (page.rows, page.searched) == ((), 20)
    assert page.edge is not None


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("actor:maria", "actor_id=?"),
        ("target:alice", "target_type=? AND target_id=?"),
        ("action:users.edit", "action=?"),
        (f"batch:{BATCH}", "batch_id=?"),
        ("at:<2026-03-03", "at<?"),
        ("", "SCAN audit_events"),
    ],
)
async def test_the_page_is_read_by_an_index_and_sorts_nothing(
    trail: dict[str, int], text: str, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.browse.audit import conditions as audit_conditions
    from tui.browse.audit.events import listed
    from tui.browse.audit.statements import candidates

    monkeypatch.setattr(audit_conditions, "MOST_IN_RANGE", 0)
    source = await open_audit(parse_audit(text))
    plan = await rows("EXPLAIN QUERY PLAN " + candidates(source.access, None, listed(), 10, forward=True))
    told = " ".join(str(row["detail"]) for row in plan)
    assert index in told
    assert "TEMP B-TREE" not in told


def test_what_may_follow_is_offered() -> None:
    known = AuditVocabulary(
        actions=("users.edit", "users.reset_password"), today=datetime(2026, 3, 2, tzinfo=UTC).date()
    )

    def offered(text: str) -> list[str]:
        return [candidate.text for candidate in complete(text, len(text), known, KNOWN).candidates]

    assert "actor:" in offered("")
    assert offered("outc") == ["outcome:"]
    assert offered("outcome:de") == ["denied"]
    assert offered("action:users.re") == ["users.reset_password"]
    assert "action:users.edit" in offered("users")
    assert "<1d" in offered("at:")
    assert offered("via:") == ["tui", "cli", "api", "system"]
