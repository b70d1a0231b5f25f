"""What our own log says of a list of migrations. Pure: records are made by hand, also such as nobody would."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.applied import AppliedRow
from tui.migrate.past.history import as_history
from tui.migrate.past.logged import with_records
from tui.migrate.past.records import Record, as_record, standing
from tui.migrate.process.runs.log_reading import MOST_BYTES, bounded
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project
from tui.migrate.states import Entry, Listing, State, merge

ONE = "1_n.py"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {f"{number}_n.py": migration("SELECT 1", transaction=number != 1) for number in range(3)}
    return make_project(tmp_path / "p", "sqlite:///nowhere/none.sqlite3", files, consent=False)


def record(**values: Any) -> Record:
    whole = {
        "id": 1,
        "run": "r",
        "app": "models",
        "version": ONE,
        "action": "apply",
        "outcome": "done",
        "actor": "maria",
        "started_at": datetime(2026, 3, 2, 12, tzinfo=UTC),
        "took_ms": 40,
        "aerich_id": 2,
        **values,
    }
    found = as_record(whole)
    assert found is not None
    return found


def sha(project: Project) -> str:
    return next(file.sha256 for file in read_files(project) if file.version == ONE)


def one(project: Project, *records: Record, applied: bool = True, **more: Any) -> tuple[Entry, Listing]:
    rows = [AppliedRow(1, "0_n.py", "models"), *([AppliedRow(2, ONE, "models")] if applied else [])]
    listing = with_records(merge(read_files(project), rows, "models"), records, **more)
    return listing.find(ONE)[0], listing


def test_what_we_ran_has_its_record(project: Project) -> None:
    ran = record(source_sha256=sha(project))
    entry, listing = one(project, ran)
    assert (entry.state, entry.record, listing.problems) == (State.APPLIED, ran, ())


def test_what_plain_aerich_ran_has_none(project: Project) -> None:
    """The id of its row is another one: reverted and applied again without us."""
    entry, _ = one(project, record(source_sha256="other", aerich_id=1))
    assert (entry.state, entry.record) == (State.APPLIED, None)
    entry, _ = one(project, record(id=1), record(id=2, action="revert", aerich_id=None))
    assert (entry.state, entry.record) == (State.APPLIED, None)


def test_a_file_that_changed_since(project: Project) -> None:
    entry, listing = one(project, record(source_sha256="0" * 64))
    assert entry.state is State.CHANGED
    assert "c shows" in entry.note
    assert [(problem.state, problem.blocks) for problem in listing.problems] == [(State.CHANGED, False)]


def test_a_stamped_file(project: Project) -> None:
    entry, listing = one(project, record(action="stamp", reason="was there before\x1b[2J"))
    assert entry.state is State.FAKED
    assert entry.note.startswith("maria recorded it as applied without running it: was there before")
    assert "\x1b" not in entry.note
    assert listing.problems == ()


@pytest.mark.parametrize("outcome", ["running", "partial"])
def test_a_file_that_was_cut_off(project: Project, outcome: str) -> None:
    half = record(outcome=outcome, aerich_id=None, statements=5, begun=3, done=2)
    entry, listing = one(project, half, applied=False)
    assert (entry.state, entry.is_pending) == (State.PARTIAL, True)
    assert entry.note == "It stopped after statement 2 of 5; statement 3 was begun, and may be done or not."
    assert [(problem.state, problem.blocks) for problem in listing.problems] == [(State.PARTIAL, True)]


def test_one_that_runs_now_is_not_cut_off(project: Project) -> None:
    half = record(outcome="running", aerich_id=None, run="live")
    entry, listing = one(project, half, applied=False, live={"live"})
    assert (entry.state, listing.problems) == (State.PENDING, ())
    assert "runs now" in entry.note


def test_a_row_of_aerich_says_that_it_ended(project: Project) -> None:
    half = record(outcome="running", aerich_id=None)
    assert one(project, half)[0].state is State.APPLIED
    reverting = record(outcome="partial", action="revert", done=1, begun=1, statements=2, aerich_id=None)
    entry, _ = one(project, reverting)
    assert (entry.state, entry.note) == (State.PARTIAL, "Reverting it stopped after statement 1 of 2.")
    assert one(project, reverting, applied=False)[0].state is State.PENDING


def test_what_came_later_settles_it(project: Project) -> None:
    half = record(outcome="partial", aerich_id=None)
    settled = record(id=2, action="unstamp", aerich_id=None)
    assert one(project, half, settled, applied=False)[0].state is State.PENDING
    failed = record(id=3, outcome="failed", aerich_id=None)
    assert one(project, half, failed, applied=False)[0].state is State.PARTIAL


def test_records_of_another_app(project: Project) -> None:
    assert one(project, record(app="other", outcome="running"), applied=False)[0].state is State.PENDING


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"run": "r", "version": "", "action": "apply"},
        {"run": "r", "version": ONE, "action": "drop everything"},
        {"run": None, "version": ONE, "action": "apply"},
    ],
)
def test_what_is_no_record_is_left_out(values: dict[str, Any]) -> None:
    assert as_record(values) is None


def test_odd_values_are_read_as_nothing() -> None:
    found = record(
        id="x", took_ms="1e99", started_at="yesterday", statements=-5, done="9" * 40, begun=[1], actor=b"\xff"
    )
    assert (found.row, found.took_ms, found.started_at) == (None, None, None)
    assert (found.statements, found.done, found.begun) == (0, 0, 0)
    assert as_history({"records": [{"run": 1}], "holders": [{"pid": "x"}]}).records == ()
    assert as_history(None).records == ()


def test_a_filled_table_does_not_fill_the_channel() -> None:
    rows = [{"id": number, "actor": "x" * 500_000} for number in range(30)]
    kept = bounded(rows)
    assert kept[-1]["id"] == 29
    assert sum(len(str(row)) for row in kept) < MOST_BYTES


def test_without_records_nothing_is_said(project: Project) -> None:
    assert standing((), (1,)) is None
    listing = merge(read_files(project), None, "models", is_known=False)
    assert with_records(listing, [record()]) is listing
