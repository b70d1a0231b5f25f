"""A project of somebody else that uses Aerich: written into a folder, with a database of this run's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent
from types import MappingProxyType
from typing import Final

from tui.settings import parse_url

INIT: Final = "0_20260101000000_init.py"
COLOUR: Final = "1_20260102000000_colour.py"
INDEX: Final = "2_20260103000000_index.py"
BROKEN: Final = "3_20260104000000_broken.py"

_AERICH: Final = {
    "sqlite": '"id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "content" JSON NOT NULL',
    "postgres": '"id" SERIAL NOT NULL PRIMARY KEY, "content" JSONB NOT NULL',
}


def migration(up: str, down: str = "", *, transaction: bool = True) -> str:
    """The text of a migration file."""
    parts = [f"RUN_IN_TRANSACTION = {transaction}\n\n"]
    for name, sql in (("upgrade", up), ("downgrade", down)):
        lines = indent(dedent(sql).strip("\n"), "        ")
        parts.append(f'async def {name}(db) -> str:\n    return """\n{lines}"""\n\n')
    return "\n".join(parts)


def init(dialect: str) -> str:
    """The first file, as `aerich init-db` makes one."""
    return migration(
        f"""
        CREATE TABLE "parts" (
            "id" INT NOT NULL PRIMARY KEY,
            "name" VARCHAR(50) NOT NULL
        );
        CREATE TABLE IF NOT EXISTS "aerich" (
            "version" VARCHAR(255) NOT NULL, "app" VARCHAR(100) NOT NULL, {_AERICH[dialect]}
        );
        """
    )


GOOD: Final[Mapping[str, str]] = MappingProxyType(
    {
        COLOUR: migration(
            """
            ALTER TABLE "parts" ADD COLUMN "colour" VARCHAR(20);
            UPDATE "parts" SET "colour" = 'red' WHERE "name" LIKE 'r%';
            """,
            'ALTER TABLE "parts" DROP COLUMN "colour";',
        ),
        INDEX: migration('CREATE INDEX "parts_name" ON "parts" ("name");', 'DROP INDEX "parts_name";'),
    }
)
FAILING: Final = migration(
    """
    CREATE TABLE "drawers" ("id" INT NOT NULL PRIMARY KEY);
    -- The next one misspells the table.
    INSERT INTO "prats" ("id", "name") VALUES (1, 'bolt');
    """,
    'DROP TABLE "drawers";',
)


def write_project(root: Path, url: str, more: Mapping[str, str] = GOOD) -> Path:
    """The project's folder: `more` are its files behind the first one."""
    parsed = parse_url(url)
    server = parsed.server
    if server is None:
        connection: object = {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": str(parsed.path)}}
    else:
        known = {name: getattr(server, name) for name in ("host", "port", "user", "database")}
        connection = {"engine": "tortoise.backends.asyncpg", "credentials": {**known, "password": parsed.password}}
    root.mkdir(mode=0o700)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "warehouse"\n\n[tool.aerich]\ntortoise_orm = "models.CONFIG"\n'
        'location = "./migrations"\nsrc_folder = "./."\n'
    )
    # A module called `models`, as Shellback's own package: the worker must import this one.
    (root / "models.py").write_text(
        dedent(
            f"""
            from tortoise import fields, models


            class Part(models.Model):
                id = fields.IntField(primary_key=True)
                name = fields.CharField(50)

                class Meta:
                    table = "parts"


            CONFIG = {{
                "connections": {{"default": {connection!r}}},
                "apps": {{"models": {{"models": ["models", "aerich.models"], "default_connection": "default"}}}},
            }}
            """
        )
    )
    folder = root / "migrations" / "models"
    folder.mkdir(parents=True)
    for name, text in {INIT: init(parsed.dialect), **more}.items():
        (folder / name).write_text(text)
    for path in (root, *root.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return root
