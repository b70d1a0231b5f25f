"""Projects that the real `aerich` command made and applied show no drift; what they have besides is benign."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects.copies import Copy, copy_clinic, copy_market
from tui.migrate.drift import DriftReport, find_drift
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import load_project


async def compared(copy: Copy, monkeypatch: pytest.MonkeyPatch, app: str | None = None) -> DriftReport:
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    command = [str(Path(sys.executable).parent / "aerich"), *(["--app", app] if app else []), "upgrade"]
    done = await asyncio.to_thread(subprocess.run, command, cwd=copy.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    project = load_project(copy.root, app)
    remember_consent(project)
    report = await find_drift(project)
    assert report.fault is None, report.fault
    return report


def told(report: DriftReport) -> list[str]:
    """What is not benign, in words."""
    return [f"{each.sentence()} | {each.why}" for each in (*report.differences, *report.unmade)]


@pytest.mark.postgres_only
async def test_the_market(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = await compared(copy_market(tmp_path / "market", empty_url), monkeypatch)
    # File 28 says NOT NULL in SQL of its own, and its author forgot the model.
    (points,) = report.differences
    assert (points.kind, points.table, points.name) == ("null", "customers", "points")
    assert (points.in_models, points.in_files, points.in_database) == ("NULL", "NOT NULL", "NOT NULL")
    assert [(each.kind, each.table, each.name) for each in report.unmade] == [("null", "customers", "points")]
    said = {(each.kind, each.table) for each in report.benign}
    assert {
        ("view", "order_totals"),
        ("table", "payment_events"),
        ("trigger", "products"),
        ("index", "products"),
        ("check", "stock"),
        ("default", "customers"),
        ("unique", "product_category"),
    } <= said
    assert all(each.why for each in report.benign)
    assert "27_20251111012343_first_points.py" in report.files


@pytest.mark.sqlite_only
@pytest.mark.parametrize("app", ["records", "billing"])
@pytest.mark.parametrize("apart", [False, True])
async def test_two_apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: str, apart: bool) -> None:
    copy = copy_clinic(tmp_path / "clinic", apart=apart)
    if app == "billing":
        await compared(copy, monkeypatch, "records")
    report = await compared(copy, monkeypatch, app)
    assert told(report) == []
