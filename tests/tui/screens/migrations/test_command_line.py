"""The command lines under the dialogs of migrations: the real parser takes each, and reaches the same project."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from tests.tui.migrate.projects import migration
from tests.tui.screens.migrations.project import INDEX, INIT, write_project
from tui.cli.arguments import build_parser
from tui.migrate.make.draft import Draft
from tui.migrate.make.questions import Question
from tui.migrate.past.recovery import Unfinished, Verdict
from tui.migrate.past.ways import NEED_REASON, Way
from tui.migrate.plans.action import Action
from tui.migrate.plans.planning import RunPlan, plan_apply
from tui.migrate.plans.preflight import Preflight, ToAccept
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project, load_project
from tui.migrate.states import Listing, merge
from tui.screens.migrations.command_line import (
    apply_twin,
    draft_twin,
    drift_twin,
    dry_run_twin,
    make_twin,
    recover_twin,
    restore_twin,
    revert_twin,
    stamp_twin,
    word_for,
)
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only  # nothing is asked of a database

OWN: Final = "sqlite:///srv/app.sqlite3"
COMMAND: Final = f"shellback --url {OWN}"
TWIN: Final = "2_20260401000000_twin.py"


class Shown:
    """A project whose number 2 stands twice, and a plan of all its files."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.listing: Listing = merge(read_files(project), None, project.app)
        self.plan: RunPlan = plan_apply(project, self.listing)


@pytest.fixture(params=["own", "foreign", "several apps"])
def shown(request: pytest.FixtureRequest, tmp_path: Path, empty_url: str) -> Shown:
    project = load_project(write_project(tmp_path / "it's a shop", empty_url, {TWIN: migration("SELECT 1;")}))
    if request.param == "own":
        project = replace(project, own_url=parse_url(OWN))
    elif request.param == "several apps":
        project = replace(project, apps=(project.app, "billing"))
    return Shown(project)


def parsed(line: str) -> argparse.Namespace:
    words = shlex.split(line)
    assert words[0] == "shellback"
    return build_parser(argv=words[1:]).parse_args(words[1:])


def check_place(found: argparse.Namespace, project: Project) -> None:
    """Our own database by its options; a foreign project by its directory and nothing beside it."""
    if project.is_own:
        assert (found.url, found.project, found.app) == (OWN, None, None)
        return
    assert (found.url, found.profile, found.project) == (None, None, str(project.root))
    assert found.app == (project.app if len(project.apps) > 1 else None)


TITLE: Final = Question("q1", "column", "Item", "name", "title", "VARCHAR(50)", is_likely=True, place="item")
OTHER: Final = Question("q2", "column", "Item", "size", "extent", "INT", is_likely=True, place="item")
DRAFT: Final = Draft(questions=(TITLE, OTHER), answers=("q1",))


def _recover(way: Way, shown: Shown) -> str:
    found = Unfinished(Verdict.PARTIAL, "It was cut off.", (way,), version=TWIN)
    return recover_twin(COMMAND, shown.project, found, way)


def _unstamp(shown: Shown) -> str:
    plan = replace(shown.plan, files=shown.plan.files[-1:], action=Action.UNSTAMP)
    return stamp_twin(COMMAND, shown.listing, plan, "by mistake")


LINES: Final[dict[str, tuple[Callable[[Shown], str], dict[str, Any]]]] = {
    "apply": (
        lambda shown: apply_twin(COMMAND, shown.listing, replace(shown.plan, at_once=True)),
        {"to": TWIN, "all_or_nothing": True},
    ),
    "dry run": (lambda shown: dry_run_twin(COMMAND, shown.listing, shown.plan), {"to": TWIN, "dry_run": True}),
    "revert": (
        lambda shown: revert_twin(COMMAND, shown.listing, shown.plan, INIT, "it's wrong"),
        {"to": "0", "reason": "it's wrong"},
    ),
    "stamp": (
        lambda shown: stamp_twin(COMMAND, shown.listing, shown.plan, ""),
        {"to": TWIN, "number": None, "reason": "..."},
    ),
    "stamp one": (
        lambda shown: stamp_twin(COMMAND, shown.listing, replace(shown.plan, files=shown.plan.files[:1]), "there"),
        {"to": None, "number": "0", "reason": "there"},
    ),
    "stamp nothing yet": (
        lambda shown: stamp_twin(COMMAND, shown.listing, replace(shown.plan, files=()), ""),
        {"to": None, "number": "NUMBER"},
    ),
    "unstamp": (_unstamp, {"to": None, "number": TWIN, "undo": True}),
    "make an empty one": (lambda shown: make_twin(COMMAND, shown.project, last="--empty"), {"empty": True}),
    "make": (
        lambda shown: draft_twin(COMMAND, shown.project, "new_title", DRAFT),
        {"name": "new_title", "rename": [TITLE.typed], "no_renames": True},
    ),
    "restore": (lambda shown: restore_twin(COMMAND, shown.project, "app.backup-1"), {"restore": "app.backup-1"}),
    "drift": (lambda shown: drift_twin(COMMAND, shown.project), {"table": None}),
    **{
        f"recover {way}": (
            partial(_recover, way),
            {"number": TWIN, "way": str(way), "reason": "..." if way in NEED_REASON else ""},
        )
        for way in Way
    },
}


@pytest.mark.parametrize("name", LINES)
def test_the_parser_takes_it(shown: Shown, name: str) -> None:
    make, expected = LINES[name]
    found = parsed(make(shown))
    check_place(found, shown.project)
    assert {key: getattr(found, key) for key in expected} == expected


class Points(Preflight):
    """Finds each of two things twice."""

    __slots__ = ()

    @property
    def to_accept(self) -> tuple[ToAccept, ...]:
        return (ToAccept("1_a.py", "", ""), ToAccept("drop-table", "", "", is_lint=True)) * 2


def test_what_is_accepted_is_named_once_each(shown: Shown) -> None:
    found = parsed(apply_twin(COMMAND, shown.listing, shown.plan, Points(shown.plan)))
    assert (found.accept, found.despite_lint) == (["1_a.py"], ["drop-table"])


def test_a_number_that_stands_twice_is_told_by_the_name(shown: Shown) -> None:
    """Also where only one of the two is in the plan."""
    words = [word_for(shown.listing, entry.version) for entry in shown.listing.entries]
    assert words == ["0", "1", INDEX, TWIN]
