"""What drift looks like: differences of every group, one whole, and none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.migrate.projects import make_project
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.snapshots import SIZES, SMALL, freeze_clock, still
from tests.tui.waiting import until
from tui.migrate.drift import Difference, DriftReport
from tui.screens.migrations.drift.screen import DriftScreen

pytestmark = pytest.mark.sqlite_only  # test_drift.py does both databases; pixels are the same

_NAME = "A name changes nothing; Aerich and Tortoise give different ones."
_INDEX = 'CREATE INDEX CONCURRENTLY "idx_orders_state" ON "orders" ("state");'
FOUND = (
    Difference(
        "index", "orders", "(state)", "there, named idx_orders_state", "there, named idx_orders_state", None,
        _INDEX, why="The files make it, and the database does not have it: it was dropped by hand.",
    ),
    Difference(
        "type", "users", "email", "character varying(254)", "character varying(254)", "character varying(100)",
        'ALTER TABLE "users" ALTER COLUMN "email" TYPE character varying(254);',
        why="The files make it otherwise: the database was changed by hand.",
    ),
    Difference(
        "column", "users", "nick [b]x", None, None, "text", 'ALTER TABLE "users" DROP COLUMN "nick [b]x";',
        why="Only the database has it: it was made by hand.",
    ),
    Difference(
        "table", "spatial_ref_sys", "", None, None, "5 columns", 'DROP TABLE "spatial_ref_sys";',
        why="Neither models nor files know it: somebody else's, or made by hand.", is_unknown_object=True,
    ),
)  # fmt: skip
BENIGN = tuple(
    Difference("name", "orders", f"({name})", f"idx_{name}_1", f"idx_{name}_2", f"idx_{name}_2", "", True, _NAME)
    for name in ("placed_at", "number")
)
REPORT = DriftReport(
    FOUND,
    BENIGN,
    models="built in a scratch schema, rolled back",
    files="their SQL run again in a scratch schema, rolled back",
    label="app@db1.internal:5432/app · public",
    tables=14,
)
NONE = DriftReport(models=REPORT.models, files=REPORT.files, label=REPORT.label, tables=14)


@pytest.fixture
def app(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[DriftReport], ScreenShell]:
    monkeypatch.setattr("tui.widgets.keyset_reading.perf_counter", lambda: 0.0)
    freeze_clock(monkeypatch, "tui.screens.migrations.drift.screen")
    project = replace(make_project(tmp_path / "shop", empty_url, {}), root=Path("/srv/shop"))

    def make(report: DriftReport) -> ScreenShell:
        async def found(*_: Any, **__: Any) -> DriftReport:
            return report

        monkeypatch.setattr("tui.screens.migrations.drift.screen.find_drift", found)
        return shell_on(lambda: DriftScreen(project))

    return make


async def _compared(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, DriftScreen) and pilot.app.screen.report is not None)


async def _second(pilot: Pilot[Any]) -> None:
    await _compared(pilot)
    await pilot.press("j", "enter")


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("before", [_compared, _second])
def test_picture(
    snap_compare: Callable[..., bool],
    app: Callable[[DriftReport], ScreenShell],
    size: tuple[int, int],
    before: Callable[..., Any],
) -> None:
    assert snap_compare(app(REPORT), terminal_size=size, run_before=still(before))


def test_picture_of_none(snap_compare: Callable[..., bool], app: Callable[[DriftReport], ScreenShell]) -> None:
    assert snap_compare(app(NONE), terminal_size=SMALL, run_before=still(_compared))
