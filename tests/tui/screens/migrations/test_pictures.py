"""What migrations look like: the list, a file whole, the question, a run that failed, the first start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.screens.migrations.project import BROKEN, FAILING, write_project
from tests.tui.screens.migrations.test_list import agree, until_asked, until_listed, until_over
from tests.tui.screens.test_first_start import until_first_start
from tests.tui.shell import ScreenShell, StrictShell, shell_on
from tests.tui.snapshots import LARGE, SIZES, SMALL, freeze_clock, still
from tests.tui.waiting import screen_text, until, until_shown
from tui.badge import PROD
from tui.launch import Launch, opener_for
from tui.migrate.lint import Report, lint_look
from tui.migrate.listing import Facts, Look, look
from tui.migrate.plans.planning import RunPlan
from tui.migrate.plans.preflight import Preflight, look_before
from tui.migrate.running.apply import apply_plan
from tui.migrate.running.events import Event, StatementDone
from tui.migrate.running.outcome import RunOutcome
from tui.migrate.states import Entry
from tui.screens.migrations.screen import MigrationsScreen
from tui.screens.migrations.words import entry_facts
from tui.settings import parse_url

pytestmark = pytest.mark.sqlite_only  # test_migrations.py does both databases; pixels are the same

SHOWN_ROOT = Path("/srv/warehouse")
FACTS = Facts("sqlite", "app@db1.internal:5432/app", "PostgreSQL 15.18 primary", "public", writable=True)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders, times and the database's name do not depend on where and when the picture is taken."""
    monkeypatch.setattr("tui.screens.migrations.apply.screen.monotonic", lambda: 0.0)
    monkeypatch.setattr("tui.widgets.keyset_reading.perf_counter", lambda: 0.0)
    freeze_clock(monkeypatch, "tui.screens.migrations.screen")

    async def shown_look(*args: Any) -> Look:
        found = await look(*args)
        project = replace(found.project, name="warehouse", root=SHOWN_ROOT)
        facts = FACTS if found.facts is not None else None
        return replace(found, project=project, facts=facts, git="main@4bde431")

    monkeypatch.setattr("tui.screens.migrations.screen.look", shown_look)

    def shown_facts(entry: Entry) -> list[str]:
        return [*entry_facts(entry)[:-1], str(SHOWN_ROOT / "migrations/models" / entry.version)]

    monkeypatch.setattr("tui.screens.migrations.sql.screen.entry_facts", shown_facts)


@pytest.fixture
def app(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> ScreenShell:
    root = write_project(tmp_path / "project", empty_url, {BROKEN: FAILING})

    async def shown_apply(plan: RunPlan, on_event: Callable[[Event], object], **more: Any) -> RunOutcome:
        def tell(event: Event) -> None:
            on_event(replace(event, ms=4.0) if isinstance(event, StatementDone) else event)

        outcome = await apply_plan(replace(plan, project=replace(plan.project, root=root)), tell, **more)
        path = SHOWN_ROOT / outcome.path.relative_to(root) if outcome.path is not None else None
        backup = "/srv/app.sqlite3.backup-20260302T120000Z" if outcome.backup else None
        return replace(outcome, path=path, backup=backup)

    async def shown_lint(found: Look, *args: Any, **more: Any) -> Report:
        return await lint_look(replace(found, project=replace(found.project, root=root)), *args, **more)

    async def shown_preflight(plan: RunPlan, dialect: str | None = None) -> Preflight:
        found = await look_before(replace(plan, project=replace(plan.project, root=root)), dialect)
        return replace(found, plan=plan)

    async def shown_drift(*_: object) -> str:
        return "No drift in item."

    monkeypatch.setattr("tui.screens.migrations.apply.keys.look_before", shown_preflight)
    monkeypatch.setattr("tui.screens.migrations.apply.screen.drift_after", shown_drift)
    monkeypatch.setattr("tui.screens.migrations.apply.screen.apply_plan", shown_apply)
    monkeypatch.setattr("tui.migrate.lint.lint_look", shown_lint)
    shell = shell_on(MigrationsScreen)
    shell.launch = replace(shell.launch, project=root)
    return shell


async def _listed(pilot: Pilot[Any]) -> None:
    await until_listed(pilot, "4 pending")
    await until(pilot, lambda: "…  " not in screen_text(pilot).split("───")[0])
    await pilot.press("j")


async def _whole(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("enter")
    await until_shown(pilot, "found nothing")


async def _linted(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("l")
    await until_shown(pilot, "looked through")


async def _asked(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await pilot.press("A")
    await until_asked(pilot)


async def _failed(pilot: Pilot[Any]) -> None:
    await _listed(pilot)
    await agree(pilot, "A")
    await until_over(pilot)


@pytest.mark.parametrize("size", SIZES, ids=("80x24", "120x40"))
@pytest.mark.parametrize("before", [_listed, _whole, _linted, _asked, _failed])
def test_picture(
    snap_compare: Callable[..., bool], app: ScreenShell, size: tuple[int, int], before: Callable[..., Any]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=still(before))


def test_picture_in_production(snap_compare: Callable[..., bool], app: ScreenShell) -> None:
    app.launch = replace(app.launch, badge=PROD)
    assert snap_compare(app, terminal_size=SMALL, run_before=still(_asked))


@pytest.mark.parametrize("before", [_listed, _failed])
def test_picture_without_colour(
    snap_compare: Callable[..., bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    before: Callable[..., Any],
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app: ScreenShell = request.getfixturevalue("app")
    assert snap_compare(app, terminal_size=SMALL, run_before=still(before))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=("80x24", "120x40"))
def test_picture_of_the_first_start(
    snap_compare: Callable[..., bool], empty_url: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = parse_url(empty_url)
    monkeypatch.setattr(type(parsed), "label", "/srv/app.sqlite3", raising=False)
    app = StrictShell(Launch("/srv/app.sqlite3", opener_for(parsed)))
    assert snap_compare(app, terminal_size=size, run_before=still(until_first_start))
