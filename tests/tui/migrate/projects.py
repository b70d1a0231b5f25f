"""Tiny projects that use Aerich, written to a directory; and raw questions to their databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tui.migrate.applied import AppliedRow
from tui.migrate.running.apply import RunOutcome, RunPlan, apply_plan, plan_apply
from tui.migrate.source.consent import remember_consent
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project, load_project
from tui.migrate.states import merge
from tui.settings import parse_url

EMPTY_STATE: Final = "eJyrrgUAAXUA+Q=="
"""`{}`, as Aerich keeps the state of no models."""

SERIAL: Final = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "postgres": "SERIAL NOT NULL PRIMARY KEY"}
JSON: Final = {"sqlite": "JSON", "postgres": "JSONB"}

MODELS: Final = """
from tortoise import fields
from tortoise.models import Model


class Item(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
"""


def init_sql(dialect: str, more: str = "") -> str:
    """Aerich's table and one of the project's."""
    return f"""
        CREATE TABLE "item" ("id" {SERIAL[dialect]}, "name" VARCHAR(50) NOT NULL);
        CREATE TABLE "aerich" (
            "id" {SERIAL[dialect]},
            "version" VARCHAR(255) NOT NULL,
            "app" VARCHAR(100) NOT NULL,
            "content" {JSON[dialect]} NOT NULL
        );{more}"""


def migration(up: str, down: str = "", *, transaction: bool = True, before: str = "") -> str:
    """A file as Aerich writes it. `before` is Python at the beginning of upgrade."""
    body = f"    {before}\n" if before else ""
    return f'''from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = {transaction}


async def upgrade(db: BaseDBAsyncClient) -> str:
{body}    return """{up}"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """{down}"""


MODELS_STATE = (
    "{EMPTY_STATE}"
)
'''


def make_project(
    root: Path, url: str, files: Mapping[str, str], *, consent: bool = True, settings: str = "", models: str = MODELS
) -> Project:
    """Writes a project with one app "models" and these migration files, and loads it."""
    folder = root / "migrations" / "models"
    folder.mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "shop"\n\n[tool.aerich]\ntortoise_orm = "settings.TORTOISE_ORM"\n'
        'location = "./migrations"\nsrc_folder = "./."\n'
    )
    (root / "settings.py").write_text(f"TORTOISE_ORM = {configuration(url)!r}\n{settings}")
    (root / "shop.py").write_text(models)
    (root / "url").write_text(url)
    for name, text in files.items():
        (folder / name).write_text(text)
    project = load_project(root)
    if consent:
        remember_consent(project)
    return project


def configuration(url: str, module: str = "shop") -> dict[str, Any]:
    """What Tortoise takes."""
    parsed = parse_url(url)
    if parsed.server is None:
        connection: dict[str, Any] = {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": str(parsed.path)},
        }
    else:
        server = parsed.server
        connection = {
            "engine": "tortoise.backends.asyncpg",
            "credentials": {
                "host": server.host,
                "port": server.port,
                "user": server.user,
                "password": None,
                "database": server.database,
            },
        }
    return {
        "connections": {"default": connection},
        "apps": {"models": {"models": [module, "aerich.models"], "default_connection": "default"}},
    }


def url_of(project: Project) -> str:
    """The database that `make_project` was told."""
    return (project.root / "url").read_text()


async def start(project: Project) -> None:
    """Brings the database to file 0, without Aerich and without a worker."""
    url = url_of(project)
    await execute(url, init_sql(parse_url(url).dialect))
    await execute(url, "INSERT INTO aerich (version, app, content) VALUES ('0_init.py', 'models', '{}')")


async def plan_of(project: Project, until: str | None = None) -> RunPlan:
    """What would be applied, from the files and the rows as they are."""
    try:
        found = await query(url_of(project), "SELECT id, version, app FROM aerich ORDER BY id")
    except (sqlite3.OperationalError, asyncpg.UndefinedTableError):
        found = []
    rows = [AppliedRow(*row) for row in found]
    plan = plan_apply(project, merge(read_files(project), rows, project.app), until)
    assert plan.refusals == ()
    return plan


async def apply_all(project: Project) -> RunOutcome:
    """Applies everything that is pending."""
    return await apply_plan(await plan_of(project))


async def query(url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one statement, committed."""
    parsed = parse_url(url)
    if parsed.path is not None:
        connection = sqlite3.connect(parsed.path)
        try:
            with connection:
                return connection.execute(sql).fetchall()
        finally:
            connection.close()
    postgres = await connect(url)
    try:
        return [tuple(row) for row in await postgres.fetch(sql)]
    finally:
        await postgres.close()


async def execute(url: str, *statements: str) -> None:
    """Changes a database past Shellback, committed. Each may be a script."""
    sql = ";\n".join(statements)
    parsed = parse_url(url)
    if parsed.path is not None:
        connection = sqlite3.connect(parsed.path)
        try:
            connection.executescript(sql)
        finally:
            connection.close()
        return
    postgres = await connect(url)
    try:
        await postgres.execute(sql)
    finally:
        await postgres.close()


async def connect(url: str) -> asyncpg.Connection[Any]:
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    port = int(parse_qs(parts.query).get("port", [parts.port or 5432])[0])
    return await asyncpg.connect(host=host, port=port, user=parts.username, database=parts.path[1:])


async def versions(url: str) -> list[str]:
    """What Aerich's table says, oldest first."""
    return [row[0] for row in await query(url, "SELECT version FROM aerich ORDER BY id")]
