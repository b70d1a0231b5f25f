"""A project's folders stay as they are: what is imported is not written down compiled, and a change is seen at once."""

from __future__ import annotations

import os

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, migration
from tui.migrate.listing import look


async def test_a_settings_file_of_the_same_length_is_read_anew(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    project = shop(f1_one=migration("CREATE TABLE one (id int)"))
    assert (await look(project)).trouble == ""
    settings = project.root / "settings.py"
    seen, text = settings.stat(), settings.read_text()
    settings.write_text(text.replace("TORTOISE_ORM =", "TORTOISE_OMR ="))
    os.utime(settings, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert "TORTOISE_ORM" in (await look(project)).trouble
    settings.write_text(text)
    await apply_all(project)
    assert list(project.root.rglob("__pycache__")) == []
