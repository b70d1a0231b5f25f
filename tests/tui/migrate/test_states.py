"""Files and rows put together, and which files a plan would apply."""

from pathlib import Path

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.applied import AppliedRow
from tui.migrate.plans.planning import plan_apply, plan_next
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project
from tui.migrate.states import Flag, Listing, State, merge

URL = "sqlite:///nowhere/none.sqlite3"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    good = migration("SELECT 1", "SELECT 2")
    files = {f"{number}_n.py": good for number in range(4)}
    return make_project(tmp_path / "p", URL, files, consent=False)


def rows(*versions: str, app: str = "models") -> tuple[AppliedRow, ...]:
    return tuple(AppliedRow(number, version, app) for number, version in enumerate(versions, 1))


def listed(project: Project, *versions: str) -> Listing:
    return merge(read_files(project), rows(*versions), project.app)


def states(listing: Listing) -> dict[str, State]:
    return {entry.version: entry.state for entry in listing.entries}


def test_applied_and_pending(project: Project) -> None:
    listing = listed(project, "0_n.py", "1_n.py")
    assert states(listing) == {
        "0_n.py": State.APPLIED,
        "1_n.py": State.APPLIED,
        "2_n.py": State.PENDING,
        "3_n.py": State.PENDING,
    }
    assert [entry.version for entry in listing.pending] == ["2_n.py", "3_n.py"]
    assert (listing.problems, listing.ahead) == ((), ())
    plan = plan_apply(project, listing)
    assert (plan.versions, plan.refusals, plan.target) == (("2_n.py", "3_n.py"), (), "apply 2 and 3")
    assert plan.expected == (("models", "0_n.py"), ("models", "1_n.py"))
    assert [file.sha256 for file in plan.files] == [entry.file.sha256 for entry in listing.pending if entry.file]
    assert plan_next(project, listing).versions == ("2_n.py",)


def test_rows_of_other_apps_are_expected_but_not_listed(project: Project) -> None:
    every = (*rows("0_n.py"), AppliedRow(7, "3_n.py", "other"))
    listing = merge(read_files(project), every, "models")
    assert [entry.version for entry in listing.applied] == ["0_n.py"]
    assert plan_apply(project, listing).expected[-1] == ("other", "3_n.py")


@pytest.mark.parametrize("until", ["2", "02", "2_n.py", "2_n"])
def test_up_to_one(project: Project, until: str) -> None:
    assert plan_apply(project, listed(project, "0_n.py"), until).versions == ("1_n.py", "2_n.py")


@pytest.mark.parametrize(
    ("until", "sentence"),
    [("0", "0_n.py is not pending: it is applied."), ("9", "no migration '9'"), ("n", "is more than one migration")],
)
def test_up_to_what_is_not_pending_is_refused(project: Project, until: str, sentence: str) -> None:
    plan = plan_apply(project, listed(project, "0_n.py"), until)
    assert not plan.files
    assert not plan.is_ok
    assert sentence in plan.refusals[0]


def test_nothing_is_pending(project: Project) -> None:
    plan = plan_apply(project, listed(project, *(f"{number}_n.py" for number in range(4))))
    assert plan.refusals == ("Nothing is pending.",)


def test_out_of_order_is_pending_and_said(project: Project) -> None:
    listing = listed(project, "0_n.py", "2_n.py")
    assert states(listing)["1_n.py"] is State.OUT_OF_ORDER
    assert states(listing)["3_n.py"] is State.PENDING
    plan = plan_apply(project, listing)
    assert plan.is_ok
    assert plan.versions == ("1_n.py", "3_n.py")
    assert [(caution.state, caution.version) for caution in plan.cautions] == [(State.OUT_OF_ORDER, "1_n.py")]


def test_a_row_without_a_file_is_missing(project: Project) -> None:
    (project.folder / "1_n.py").unlink()
    listing = listed(project, "0_n.py", "1_n.py", "2_n.py")
    assert states(listing)["1_n.py"] is State.MISSING
    assert [entry.version for entry in listing.entries] == ["0_n.py", "1_n.py", "2_n.py", "3_n.py"]
    assert listing.ahead == ()
    plan = plan_apply(project, listing)
    assert plan.is_ok
    assert plan.cautions[0].state is State.MISSING


def test_a_database_ahead_of_the_code_takes_nothing(project: Project) -> None:
    listing = listed(project, "0_n.py", "1_n.py", "7_later.py", "8_still.py")
    assert listing.ahead == ("7_later.py", "8_still.py")
    plan = plan_apply(project, listing)
    assert "ahead of this code: it has 7_later.py and 8_still.py" in plan.refusals[0]


def test_two_rows_of_one_file(project: Project) -> None:
    listing = listed(project, "0_n.py", "1_n.py", "1_n.py")
    entry = next(entry for entry in listing.entries if entry.state is State.DUPLICATE_ROWS)
    assert (entry.version, entry.row_ids) == ("1_n.py", (2, 3))
    assert "rows 2, 3" in entry.note
    assert plan_apply(project, listing).versions == ("2_n.py", "3_n.py")


def test_one_number_twice(project: Project) -> None:
    (project.folder / "03_m.py").write_text(migration("SELECT 1"))
    listing = listed(project, "0_n.py", "1_n.py", "2_n.py", "3_n.py")
    assert states(listing)["3_n.py"] is State.APPLIED
    assert states(listing)["03_m.py"] is State.SAME_NUMBER
    plan = plan_apply(project, listing, "3")
    assert plan.versions == ("03_m.py",)
    assert plan.cautions[0].state is State.SAME_NUMBER
    both = listed(project, "0_n.py", "1_n.py", "2_n.py")
    assert [entry.version for entry in both.pending] == ["03_m.py", "3_n.py"]
    assert "more than one" in plan_apply(project, both, "3").refusals[0]


def test_an_unreadable_file_blocks_what_comes_with_it(project: Project) -> None:
    (project.folder / "2_n.py").write_text("def")
    listing = listed(project, "0_n.py")
    entry = next(entry for entry in listing.entries if entry.state is State.UNREADABLE)
    assert (entry.version, entry.line) == ("2_n.py", 1)
    assert "2_n.py cannot be read" in plan_apply(project, listing).refusals[0]
    assert plan_apply(project, listing, "1").is_ok


def test_ignored_files_are_listed_last(project: Project) -> None:
    (project.folder / "notes.py").write_text("")
    listing = listed(project)
    assert listing.entries[-1].state is State.IGNORED
    assert not listing.entries[-1].is_pending
    assert listing.entries[-1].note


def test_flags(project: Project) -> None:
    (project.folder / "1_n.py").write_text(
        migration("SELECT 1", transaction=False, before="await db.execute_query('x')")
    )
    flags = {entry.version: entry.flags for entry in listed(project).entries}
    assert flags["0_n.py"] == ()
    assert flags["1_n.py"] == (Flag.DYNAMIC, Flag.IRREVERSIBLE, Flag.NOT_TRANSACTIONAL)


def test_an_unasked_database_takes_nothing(project: Project) -> None:
    listing = merge(read_files(project), None, "models", is_known=False)
    assert set(states(listing).values()) == {State.UNKNOWN}
    assert not listing.pending
    assert "is not known" in plan_apply(project, listing).refusals[0]


def test_a_read_only_database_takes_nothing(project: Project) -> None:
    assert "takes no changes" in plan_apply(project, listed(project), writable=False).refusals[0]


def test_a_plan_as_json(project: Project) -> None:
    document = plan_apply(project, listed(project, "0_n.py"), "1").as_json()
    assert [file["version"] for file in document["files"]] == ["1_n.py"]
    assert document["refusals"] == []
