"""Projects that mean harm, and projects that happen to have our names. On both databases."""

import base64
import json
import os
import pickle
import shutil
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, configuration, execute, migration, query, start, versions
from tui.migrate.listing import look, preview, sql_of
from tui.migrate.running.apply import apply_plan
from tui.migrate.running.events import Holder
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.project import load_project
from tui.migrate.states import State
from tui.settings import parse_url

SHADOW = Path(__file__).parents[3] / "projects" / "shadow"
TOUCH = "import pathlib; pathlib.Path({marker!r}).touch()\n"


async def test_listing_runs_nothing_of_a_project(shop: Shop, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    touch = TOUCH.format(marker=str(marker))
    project = shop(settings=touch, consent=False, f1_evil=touch + migration("SELECT 1"))
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "migrations/__init__.py"):
        (project.root / name).write_text(touch)
    found = await look(load_project(project.root))
    assert found.needs_consent
    assert not found.plan().is_ok
    assert {entry.state for entry in found.listing.entries} == {State.UNKNOWN}
    for entry in found.listing.entries:
        assert sql_of(entry)
        assert preview(entry)
    assert not marker.exists()
    # And with consent it does run, so the marker would have told.
    remember_consent(project)
    await look(project)
    assert marker.exists()


class Bomb:
    """Unpickled, it touches a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.marker),)


async def test_a_poisoned_row_is_not_unpickled(shop: Shop, empty_url: str, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    content = json.dumps({"type": "index", "val": base64.b64encode(pickle.dumps(Bomb(marker))).decode()})
    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('a')"))
    await start(project)
    await execute(empty_url, f"UPDATE aerich SET content = '{content}'")
    assert (await look(project)).trouble == ""
    assert (await apply_all(project)).is_ok
    assert not marker.exists()
    # Aerich itself would have opened it.
    (stored,) = await query(empty_url, "SELECT content FROM aerich ORDER BY id LIMIT 1")
    from aerich.coder import decoder

    decoder(stored[0] if isinstance(stored[0], str) else json.dumps(stored[0]))
    assert marker.exists()


async def test_a_project_with_our_names_gets_its_own(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages called models, tui and migrations: the worker imports the project's, and none of ours."""
    root = tmp_path / "shadow"
    shutil.copytree(SHADOW, root, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("SHADOW_CONNECTION", json.dumps(configuration(empty_url)["connections"]["default"]))
    project = load_project(root)
    remember_consent(project)
    found = await look(project)
    assert found.trouble == ""
    assert found.facts is not None
    assert found.facts.dialect == parse_url(empty_url).dialect
    assert [entry.version for entry in found.listing.pending] == ["0_init.py", "1_ship.py"]
    outcome = await apply_plan(found.plan())
    assert (outcome.message, outcome.applied) == ("", ("0_init.py", "1_ship.py"))
    assert await versions(empty_url) == ["0_init.py", "1_ship.py"]
    assert await query(empty_url, "SELECT name FROM ship") == [("Endurance of the project's own tui",)]


@pytest.mark.parametrize("name", ["models", "tui", "migrations.usernames"])
async def test_a_project_without_these_names_does_not_get_ours(shop: Shop, name: str) -> None:
    found = await look(shop(settings=f"import {name}\n"))
    assert "No module named" in found.trouble


def test_who_blocks_is_told_without_acting_on_the_terminal() -> None:
    holder = Holder(pid=1, user="u\x1b[31m", client="local", state="active", seconds=1.0, query="SELECT\n\x1b]0;x\x07")
    assert holder.sentence() == r"pid 1 (u\x1b[31m@local, active, 1 s): SELECT \x1b]0;x\x07"
