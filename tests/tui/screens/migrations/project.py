"""A project of somebody else that uses Aerich, for the screens: three files that work and one that fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.tui.migrate.projects import init_sql, make_project, migration
from tui.settings import parse_url

INIT: Final = "0_20260101000000_init.py"
COLOUR: Final = "1_20260102000000_colour.py"
INDEX: Final = "2_20260103000000_index.py"
BROKEN: Final = "3_20260104000000_broken.py"

_GOOD: Final = {
    COLOUR: migration(
        """
        ALTER TABLE "item" ADD COLUMN "colour" VARCHAR(20);
        UPDATE "item" SET "colour" = 'red' WHERE "name" LIKE 'r%';""",
        """
        ALTER TABLE "item" DROP COLUMN "colour";""",
    ),
    INDEX: migration('CREATE INDEX "item_name" ON "item" ("name");', 'DROP INDEX "item_name";'),
}
FAILING: Final = migration(
    """
        CREATE TABLE "drawer" ("id" INT NOT NULL PRIMARY KEY);
        -- The next one is misspelt.
        INSERT INTO "item" ("id", "name") VALUSE (1, 'bolt');"""
)


def write_project(root: Path, url: str, more: Mapping[str, str] | None = None, *, consent: bool = True) -> Path:
    """The project's folder; `more` are files behind the three. Returns `root`."""
    first = migration(init_sql(parse_url(url).dialect))
    make_project(root, url, {INIT: first, **_GOOD, **(more or {})}, consent=consent)
    return root
