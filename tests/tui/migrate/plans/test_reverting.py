"""Which files a revert takes back, in which order, and when it refuses. Pure: rows and files as values."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.applied import AppliedRow
from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import RunPlan
from tui.migrate.plans.reverting import plan_revert, plan_revert_all, plan_revert_last, what_stays
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project
from tui.migrate.states import Listing, State, merge

DOWN = 'DROP TABLE "a";'
FILES = {f"{number}_f.py": migration("SELECT 1", DOWN) for number in range(4)}


def project_of(tmp_path: Path, files: dict[str, str]) -> Project:
    return make_project(tmp_path / "shop", "sqlite:///nowhere/none.sqlite3", files, consent=False)


def listing_of(project: Project, *versions: str, app: str = "models") -> Listing:
    rows = [AppliedRow(number, version, app) for number, version in enumerate(versions, 1)]
    return merge(read_files(project), rows, project.app)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_of(tmp_path, FILES)


@pytest.fixture
def listing(project: Project) -> Listing:
    return listing_of(project, *FILES)


def cautions(plan: RunPlan) -> dict[str, str]:
    return {caution.version: caution.sentence for caution in plan.cautions}


def test_just_after_one_keeps_it(project: Project, listing: Listing) -> None:
    plan = plan_revert(project, listing, "1", reason="too early")
    assert (plan.action, plan.versions) == (Action.REVERT, ("3_f.py", "2_f.py"))
    assert (plan.refusals, plan.cautions, plan.at_once, plan.reason) == ((), (), True, "too early")
    assert plan.expected == tuple(("models", version) for version in FILES)
    assert plan.target == "revert 3 and 2"
    assert what_stays(plan) == "0 and 1 stay applied."


def test_the_last_and_all(project: Project, listing: Listing) -> None:
    assert plan_revert_last(project, listing).versions == ("3_f.py",)
    everything = plan_revert_all(project, listing)
    assert everything.versions == ("3_f.py", "2_f.py", "1_f.py", "0_f.py")
    assert what_stays(everything) == "None stays applied."


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        ("3", "Nothing is applied behind 3_f.py: it is the last one. Choose the one to go back to."),
        ("7", "There is no migration '7'."),
    ],
)
def test_there_must_be_something_behind(project: Project, listing: Listing, after: str, sentence: str) -> None:
    plan = plan_revert(project, listing, after)
    assert (plan.files, plan.refusals) == ((), (sentence,))


def test_a_pending_one_is_no_place_to_stop(project: Project) -> None:
    plan = plan_revert(project, listing_of(project, "0_f.py", "1_f.py"), "2")
    assert plan.refusals == ("2_f.py is not applied: it is pending.",)


def test_nothing_applied(project: Project) -> None:
    for plan in (plan_revert_last(project, listing_of(project)), plan_revert_all(project, listing_of(project))):
        assert plan.refusals == ("Nothing is applied.",)


def test_the_newest_row_goes_first_whatever_its_number(project: Project) -> None:
    listing = listing_of(project, "0_f.py", "1_f.py", "3_f.py", "2_f.py")
    plan = plan_revert(project, listing, "1")
    assert plan.versions == ("2_f.py", "3_f.py")
    assert "applied out of order: reverted are 2 and 3, newest first" in cautions(plan)["2_f.py"]
    assert plan_revert_last(project, listing).versions == ("2_f.py",)


def test_what_stays_and_was_applied_later_is_said(project: Project) -> None:
    plan = plan_revert(project, listing_of(project, "0_f.py", "1_f.py", "3_f.py", "2_f.py"), "2")
    assert plan.versions == ("3_f.py",)
    assert cautions(plan) == {"2_f.py": "It stays, and was applied after 3_f.py: it may rest on that."}
    assert what_stays(plan) == "0 to 2 stay applied."


def test_rows_of_another_app_are_not_reverted(project: Project) -> None:
    rows = [AppliedRow(1, "0_f.py", "models"), AppliedRow(2, "1_f.py", "other"), AppliedRow(3, "1_f.py", "models")]
    plan = plan_revert_all(project, merge(read_files(project), rows, "models"))
    assert plan.versions == ("1_f.py", "0_f.py")
    assert ("other", "1_f.py") in plan.expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be taken back. It was applied, and its file is not here"),
        ("async def upgrade(db:\n", "cannot be read (line 1)"),
        (migration("SELECT 1"), "has no downgrade, or an empty one"),
        (migration("SELECT 1", "-- nothing"), "has no downgrade, or an empty one"),
    ],
)
def test_one_that_cannot_go_keeps_all(project: Project, text: str | None, said: str) -> None:
    if text is None:
        (project.folder / "2_f.py").unlink()
    else:
        (project.folder / "2_f.py").write_text(text)
    plan = plan_revert(project, listing_of(project, *FILES), "0")
    assert not plan.is_ok
    assert any(refusal.startswith("2_f.py ") and said in refusal for refusal in plan.refusals)
    # What stands before it can stay, and what stands behind it can go.
    assert plan_revert(project, listing_of(project, *FILES), "2").is_ok


def test_a_replica_and_a_database_that_was_not_asked(project: Project, listing: Listing) -> None:
    assert "takes no changes" in plan_revert(project, listing, "1", writable=False).refusals[0]
    unknown = merge(read_files(project), None, "models", is_known=False)
    assert plan_revert(project, unknown, "1").refusals == ("Which migrations the database has is not known.",)


def test_what_is_to_be_known_is_said(project: Project) -> None:
    (project.folder / "2_f.py").write_text(migration("SELECT 1", DOWN, transaction=False))
    (project.folder / "3_f.py").write_text(
        "async def upgrade(db):\n    return 'SELECT 1'\n\n\nasync def downgrade(db):\n    return 'DROP ' + name()\n"
    )
    plan = plan_revert(project, listing_of(project, *FILES, "3_f.py"), "1")
    assert plan.is_ok
    assert not plan.at_once
    told = [(caution.version, caution.sentence.partition(":")[0]) for caution in plan.cautions]
    assert told == [
        ("3_f.py", "Aerich's table has it 2 times"),
        ("3_f.py", "Its downgrade is a program"),
        ("2_f.py", "It runs outside a transaction"),
        ("2_f.py", "This is not one transaction"),
    ]


def test_a_downgrade_that_needs_no_transaction_gets_none(project: Project) -> None:
    (project.folder / "3_f.py").write_text(migration("SELECT 1", 'DROP INDEX CONCURRENTLY "i" ;'))
    plan = plan_revert(project, listing_of(project, *FILES), "2")
    assert [file.transactional for file in plan.files] == [False]
    assert cautions(plan)["3_f.py"].startswith("It runs outside a transaction, since it has CONCURRENTLY in it")


@pytest.mark.parametrize(
    ("state", "said"), [(State.CHANGED, "the SQL that it has now is run"), (State.FAKED, "stamped, not run")]
)
def test_a_changed_and_a_stamped_one(project: Project, listing: Listing, state: State, said: str) -> None:
    entries = tuple(replace(entry, state=state) if entry.version == "3_f.py" else entry for entry in listing.entries)
    plan = plan_revert(project, replace(listing, entries=entries), "2")
    assert plan.is_ok
    assert said in cautions(plan)["3_f.py"]


def test_a_half_done_one_is_settled_first(project: Project, listing: Listing) -> None:
    entries = tuple(
        replace(entry, state=State.PARTIAL) if entry.version == "3_f.py" else entry for entry in listing.entries
    )
    for after in ("1", "2"):
        assert plan_revert(project, replace(listing, entries=entries), after).refusals == (
            "3_f.py is half done: recover it first.",
        )
