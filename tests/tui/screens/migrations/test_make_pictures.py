"""What making a migration looks like: the question on renames, and the draft."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.migrate.making import CHILD, ITEM, change, start_shop
from tests.tui.screens.migrations.test_list import until_listed
from tests.tui.screens.migrations.test_make import until_asked, until_drafted
from tests.tui.shell import ScreenShell, shell_on
from tests.tui.snapshots import SIZES, still
from tui.migrate.source.project import Project
from tui.screens.migrations import command_line
from tui.screens.migrations.make.questions import RenamesDialog
from tui.screens.migrations.screen import MigrationsScreen

pytestmark = pytest.mark.sqlite_only  # pixels are the same


@pytest.fixture
def app(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> ScreenShell:
    """A shop whose item has another name, is longer, and has lines no more."""
    project = asyncio.run(start_shop(tmp_path / "shop", empty_url, ITEM + CHILD))
    (first,) = project.folder.glob("0_*.py")
    first.rename(first.with_name("0_20260101000000_init.py"))
    change(project, ITEM.replace("name = fields.CharField(max_length=50", "title = fields.CharField(max_length=20"))
    line = command_line.migrate_twin

    def shown_line(command: str, project: Project, *words: str, **more: str) -> str:
        return line(command, replace(project, root=Path("/srv/warehouse")), *words, **more)

    monkeypatch.setattr(command_line, "migrate_twin", shown_line)
    made = shell_on(MigrationsScreen)
    made.launch = replace(made.launch, project=project.root)
    return made


async def to_the_question(pilot: Pilot[Any]) -> None:
    await until_listed(pilot)
    await pilot.press("m")
    await until_asked(pilot, RenamesDialog, "item.name is now title")


async def to_the_draft(pilot: Pilot[Any]) -> None:
    await to_the_question(pilot)
    await pilot.press("space", "ctrl+s")
    await until_drafted(pilot, "rename name to title")


@pytest.mark.parametrize("size", SIZES)
def test_the_question(snap_compare: Any, app: ScreenShell, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=still(to_the_question))


@pytest.mark.parametrize("size", SIZES)
def test_the_draft(snap_compare: Any, app: ScreenShell, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=still(to_the_draft))
