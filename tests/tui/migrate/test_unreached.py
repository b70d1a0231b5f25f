"""A database that cannot be opened, and a configuration that cannot be loaded, as sentences with the way on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import configuration
from tui.migrate.listing import Look, look
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.migrate.source.project import Project


async def with_credentials(project: Project, url: str, **changed: Any) -> Look:
    config = configuration(url)
    config["connections"]["default"]["credentials"].update(changed)
    (project.root / "settings.py").write_text(f"TORTOISE_ORM = {config!r}\n")
    return await look(project)


@pytest.mark.postgres_only
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"database": "no_such_database"}, "has no database no_such_database. Check the name"),
        ({"user": "nobody_here"}, "does not let nobody_here into"),
        ({"host": "no-such-host.invalid", "port": 5432}, "There is no host named no-such-host.invalid."),
        ({"host": "127.0.0.1", "port": 1}, "No PostgreSQL server answers at 127.0.0.1:1. Is it running?"),
        ({"host": "localhost", "port": 1}, "No PostgreSQL server answers at localhost:1. Is it running?"),
        ({"host": "/nowhere", "port": 5432}, "There is no PostgreSQL socket in /nowhere (port 5432)."),
    ],
)
async def test_a_server_that_does_not_let_us_in(shop: Shop, empty_url: str, changed: dict[str, Any], said: str) -> None:
    found = await with_credentials(shop(), empty_url, password="s3cr3t-word", **changed)
    assert found.trouble.startswith("The database was not opened. ")
    assert said in found.trouble
    assert "s3cr3t-word" not in found.trouble
    assert not found.plan().is_ok


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("content", "said"), [(b"no database" * 200, "is not an SQLite database"), (None, "cannot be opened")]
)
async def test_a_file_that_is_no_database(shop: Shop, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "strange"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    found = await with_credentials(shop(), f"sqlite://{path}")
    assert found.trouble.startswith(f"The database was not opened. {path} {said}")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("\n\nimport no_such_module\n", "No module named 'no_such_module' (settings.py:4)"),
        ("x = (\n", "was never closed (settings.py:2)"),
        ("\nraise KeyError('DATABASE')\n", "KeyError: 'DATABASE' (settings.py:3)"),
        ("TORTOISE_ORM = 3\n", "is not a dictionary"),
        ("TORTOISE_ORM = {'connections': {}, 'apps': {}}\n", "has no apps"),
    ],
)
async def test_a_configuration_that_cannot_be_loaded(shop: Shop, settings: str, said: str) -> None:
    found = await look(shop(settings=settings))
    assert found.trouble.startswith("The project's configuration could not be loaded. ")
    assert said in found.trouble
    assert not found.listing.is_known


async def test_an_error_in_the_models_points_there(shop: Shop) -> None:
    project = shop()
    (project.root / "shop.py").write_text("class Broken:\n    x = undefined\n")
    outcome = await apply_plan((await look(project)).plan())
    assert outcome.status is RunStatus.FAILED
    assert "name 'undefined' is not defined (shop.py:2)" in outcome.message
