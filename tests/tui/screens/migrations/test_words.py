"""What the list of migrations says beside the files: short times, three lines of trouble, the keys of the footer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.content import Content

from tests.tui.migrate.projects import migration
from tests.tui.screens.migrations.project import INDEX, INIT, write_project
from tui.migrate.applied import AppliedRow
from tui.migrate.lint import Hit, Report, Severity
from tui.migrate.listing import Facts, Look
from tui.migrate.source.files import read_files
from tui.migrate.source.project import load_project
from tui.migrate.states import Listing, State, merge
from tui.screens.migrations.hints import hints_of
from tui.screens.migrations.lint.marks import LintMarks
from tui.screens.migrations.words import ROWS, fit_lines, problem_lines, short_when

pytestmark = pytest.mark.sqlite_only  # nothing is asked of a database

TWIN = "2_20260401000000_twin.py"
NOON = datetime(2026, 6, 15, 12, 0).astimezone()


@pytest.mark.parametrize(
    ("began", "said"),
    [
        (NOON - timedelta(hours=1), "11:00"),
        (NOON - timedelta(days=1), "14 Jun 12:00"),
        (NOON - timedelta(days=365), "2025-06-15"),
    ],
)
def test_times_are_short(began: datetime, said: str) -> None:
    assert short_when(began, NOON) == said
    assert len(said) <= 12


def listing_of(root: Path, url: str, applied: int = 0) -> tuple[Look, Listing]:
    project = load_project(write_project(root, url, {TWIN: migration("SELECT 1;")}))
    files = read_files(project)
    rows = [AppliedRow(number, file.version, project.app) for number, file in enumerate(files[:applied], 1)]
    listing = merge(files, rows, project.app)
    return Look(project, listing), listing


def test_files_with_one_number_are_told_once(tmp_path: Path, empty_url: str) -> None:
    _, listing = listing_of(tmp_path / "shop", empty_url)
    assert [entry.version for entry in listing.entries if entry.state is State.SAME_NUMBER] == [INDEX, TWIN]
    (line,) = problem_lines(listing)
    assert INDEX in line.plain
    assert TWIN in line.plain


def test_the_other_one_is_told_once_the_first_is_applied(tmp_path: Path, empty_url: str) -> None:
    _, listing = listing_of(tmp_path / "shop", empty_url, applied=3)
    assert [problem.version for problem in listing.problems] == [TWIN]


def test_what_is_the_matter_takes_three_rows() -> None:
    lines = [Content(f"{number} {'word ' * 60}".strip()) for number in range(5)]
    shown = fit_lines(lines, 80)
    assert len(shown) == ROWS
    assert all(line.cell_length <= 80 for line in shown)
    assert shown[-1].plain.startswith("and 3 more")
    assert [line.cell_length > 160 for line in fit_lines(lines[:1], 80)] == [True]
    assert fit_lines([], 80) == []


def test_the_footer_names_what_can_be_done_next(tmp_path: Path, empty_url: str, dialect: str) -> None:
    found, _ = listing_of(tmp_path / "shop", empty_url)
    assert hints_of(found)[:4] == ("list.open", "migrations.apply_next", "migrations.apply_all", "migrations.dry_run")
    done, _ = listing_of(tmp_path / "done", empty_url, applied=4)
    assert hints_of(done)[:4] == ("list.open", "migrations.revert", "migrations.drift", "migrations.history")
    known = replace(done, facts=Facts(dialect, "app@db1", "", None, writable=True))
    assert ("migrations.backups" in hints_of(known)) is (dialect == "sqlite")  # a server has tools of its own
    several = replace(done, project=replace(done.project, apps=("models", "billing")))
    assert "migrations.other_app" in hints_of(several)


def test_what_was_measured_is_not_forgotten_for_what_was_not(tmp_path: Path, empty_url: str) -> None:
    """A reload lints again without asking a foreign database."""
    _, listing = listing_of(tmp_path / "shop", empty_url)
    entry = listing.entries[0]
    assert entry.file is not None
    hit = Hit("narrowing-cast", Severity.ERROR, INIT, "up", 8, 1, "3 values would be cut.")
    marks = LintMarks()
    marks.take([entry.file], Report((hit,), (INIT,)), measured=True)
    marks.take([entry.file], Report((), (INIT,)))
    assert marks.hits(entry) == (hit,)
    marks.take([entry.file], Report((), (INIT,)), measured=True)
    assert marks.hits(entry) == ()
