"""The current schema on a database that has none yet: our own files, applied at once and in this process.

For a throw-away database (the demo, a test, a benchmark). A database that somebody keeps is migrated by the worker
process, with a lock, a backup and progress: `tui.migrate.running.apply`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.settings import parse_url

if TYPE_CHECKING:
    from tui.settings import DatabaseUrl

APP = "models"


def own_tree(dialect: str) -> Path:
    """The folder of Shellback's own migrations for a dialect, as Aerich's `location`."""
    import migrations

    return Path(migrations.__file__).parent / dialect


async def create_schema(url: str | DatabaseUrl) -> None:
    """Applies every file of our own tree, with Aerich's rows. A missing SQLite file is made, with mode 0600.

    No other database may be open in this process, or Aerich would work on that one.
    """
    import asyncio  # here: whoever wants the place of the files does without

    # A task has a context of its own, and Aerich leaves Tortoise's state in the one it runs in, which no later
    # initialisation survives.
    await asyncio.create_task(_upgrade(url))


async def _upgrade(url: str | DatabaseUrl) -> None:
    from aerich import Command

    from migrations.config import config_for

    parsed = parse_url(url) if isinstance(url, str) else url
    if parsed.dialect == "sqlite" and parsed.path is not None:
        os.close(os.open(parsed.path, os.O_CREAT | os.O_RDWR, 0o600))
    async with Command(config_for(parsed), app=APP, location=str(own_tree(parsed.dialect))) as command:
        await command.upgrade(run_in_transaction=True)
