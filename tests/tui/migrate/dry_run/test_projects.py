"""The dry run and the baseline on projects that were made with the aerich command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects.copies import Copy, copy_brownfield, copy_market
from tests.tui.migrate.dry_catalogue import catalogue_hash
from tests.tui.migrate.projects import execute
from tui.migrate.dry_run.trying import DryStatus, dry_run, why_not_dry
from tui.migrate.dry_run.words import summary
from tui.migrate.listing import look
from tui.migrate.plans.baseline import find_baseline, wants_baseline
from tui.migrate.plans.stamping import plan_stamp
from tui.migrate.running.apply import apply_plan, plan_apply
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import Project, load_project


def loaded(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    for path in [copy.root, *copy.root.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o022)
    project = load_project(copy.root)
    remember_consent(project)
    return project


@pytest.mark.sqlite_only
async def test_an_old_database_is_stamped_tried_and_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copy_brownfield(tmp_path / "workshop")
    project = loaded(copy, monkeypatch)
    found = await look(project)
    assert wants_baseline(found.listing)
    baseline = await find_baseline(project)
    assert baseline.proposed == "0_20250203093000_init.py"
    outcome = await apply_plan(plan_stamp(project, found.listing, "0", up_to=True, reason="was there"))
    assert outcome.is_ok, outcome.message
    before = await catalogue_hash(copy.url)
    plan = (await look(project)).plan()
    assert why_not_dry(plan) is None
    report = await dry_run(plan)
    assert await catalogue_hash(copy.url) == before
    applied = await apply_plan(plan)
    # What the dry run says is what happens.
    assert (report.status is DryStatus.MEASURED) == applied.is_ok, (summary(report), applied.message)


@pytest.mark.postgres_only
async def test_a_grown_project_is_tried_and_found_again(
    tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = loaded(copy_market(tmp_path / "market", empty_url), monkeypatch)
    listing = (await look(project)).listing
    loose = next(entry for entry in listing.pending if entry.file is not None and not entry.file.transactional)
    until = listing.pending[listing.pending.index(loose) - 1].version
    before = await catalogue_hash(empty_url)
    report = await dry_run(plan_apply(project, listing, until))
    assert (report.fault, report.status) == (None, DryStatus.MEASURED)
    assert await catalogue_hash(empty_url) == before
    assert loose.version in (why_not_dry(plan_apply(project, listing)) or "")
    applied = await apply_plan(plan_apply(project, listing))
    assert applied.is_ok, applied.message
    await execute(empty_url, "DROP TABLE aerich; DROP TABLE shellback_migrations;")
    baseline = await find_baseline(project)
    assert baseline.fault is None
    assert baseline.differences == ()
    assert baseline.proposed is not None
    place = [fit.version for fit in baseline.fits].index(baseline.proposed)
    assert not any(fit.is_seen for fit in baseline.fits[place + 1 :])
