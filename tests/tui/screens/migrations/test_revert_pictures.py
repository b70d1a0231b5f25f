"""What a revert looks like before it runs: the page with the loss and the SQL, and the last question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.migrate.projects import execute, init_sql, make_project, migration
from tests.tui.screens.migrations.test_list import until_listed
from tests.tui.screens.migrations.test_revert import until_counted
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.snapshots import SIZES, freeze_clock, still
from tests.tui.waiting import until
from tui.badge import PROD
from tui.migrate.listing import Facts, Look, look
from tui.migrate.plans.loss import LossReport, count_loss
from tui.migrate.plans.planning import RunPlan
from tui.screens.migrations.revert.dialog import RevertDialog
from tui.screens.migrations.screen import MigrationsScreen

pytestmark = pytest.mark.sqlite_only  # test_migrations_revert.py does both databases; pixels are the same

SHOWN_ROOT = Path("/srv/warehouse")
FACTS = Facts("sqlite", "app@db1.internal:5432/app", "PostgreSQL 15.18 primary", "public", writable=True)
FILES = {
    "0_20260101000000_init.py": migration(init_sql("sqlite")),
    "1_20260102000000_colour.py": migration("SELECT 1", 'ALTER TABLE "item" DROP COLUMN "colour";'),
    "2_20260103000000_drawers.py": migration("SELECT 1", 'DROP TABLE "drawer";'),
    "3_20260104000000_points.py": migration(
        "SELECT 1", "DELETE FROM item WHERE worn(name);\n        UPDATE item SET name = 'x';", transaction=False
    ),
}


@pytest.fixture
def app(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> ScreenShell:
    """Four files that are applied, of a project and a database that are always called the same."""
    root = make_project(tmp_path / "project", empty_url, FILES).root
    rows = "".join(f"INSERT INTO aerich (version, app, content) VALUES ('{name}', 'models', '{{}}');" for name in FILES)
    made = "ALTER TABLE item ADD COLUMN colour INT; CREATE TABLE drawer (id INT); INSERT INTO drawer VALUES (1), (2);"
    items = "INSERT INTO item (name, colour) VALUES ('bolt', 3), ('nut', 2), ('pin', NULL);"
    asyncio.run(execute(empty_url, init_sql("sqlite") + made + items + rows))

    async def shown_look(*args: Any) -> Look:
        found = await look(*args)
        project = replace(found.project, name="warehouse", root=SHOWN_ROOT)
        return replace(found, project=project, facts=FACTS, git="main@4bde431")

    async def shown_loss(plan: RunPlan, files: Any) -> LossReport:
        return await count_loss(replace(plan, project=replace(plan.project, root=root)), files)

    monkeypatch.setattr("tui.screens.migrations.screen.look", shown_look)
    monkeypatch.setattr("tui.screens.migrations.revert.screen.count_loss", shown_loss)
    freeze_clock(monkeypatch, "tui.screens.migrations.screen")
    shell = shell_on(MigrationsScreen, badge=PROD)
    shell.launch = replace(shell.launch, project=root)
    return shell


async def _page(pilot: Pilot[Any]) -> None:
    await until_listed(pilot, "4 applied")
    await pilot.press("g", "r")
    await until_counted(pilot)


async def _asked(pilot: Pilot[Any]) -> None:
    await _page(pilot)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, RevertDialog))


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("before", [_page, _asked])
def test_picture(
    snap_compare: Callable[..., bool], app: ScreenShell, size: tuple[int, int], before: Callable[..., Any]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=still(before))
