"""A project that uses Aerich and whose every name and text is hostile: files, folders, docstrings, SQL, models, what it
prints, what it raises, and the rows that its database has of earlier runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tests.hostile.values import hostile
from tests.tui.migrate.projects import EMPTY_STATE, configuration, connect, init_sql
from tui.migrate.process.runs.log_table import create as create_log
from tui.settings import parse_url

if TYPE_CHECKING:
    from pathlib import Path

APPLIED: Final = "0_init.py"
"""The one file with an ordinary name: what was run of it is in the log, with other texts than it has now."""


def text(number: int, length: int = 300) -> str:
    """Hostile text that Python and TOML can hold in a file of UTF-8; marked as those of the columns are."""
    value = hostile(number, length, sqlite=False)
    assert isinstance(value, str)
    return value


def name(number: int, length: int = 60) -> str:
    """A hostile name of a file: without a slash, and without what makes Aerich leave it alone."""
    return text(number, length).replace("/", "|").replace(".", ",").replace("\r", "").replace("\x85", "")


def quoted(number: int, length: int = 24) -> str:
    """A hostile name of a table or a column, in the quotes of SQL."""
    return '"' + text(number, length).replace('"', '""').replace("%", "") + '"'


def make(directory: Path, url: str) -> Path:
    """The project, in a hostile folder of `directory`, on the database of `url`, where one file of it is applied."""
    root = directory / f"shop{name(70, 30)}"
    folder = root / "migrations" / "models"
    folder.mkdir(parents=True)
    (root / "migrations" / f"other{name(71, 30)}").mkdir()
    document = {"tortoise_orm": "settings.TORTOISE_ORM", "location": "./migrations", "src_folder": "./."}
    lines = [f"{key} = {json.dumps(value)}" for key, value in document.items()]
    named = f"[project]\nname = {_toml(text(72))}\n"
    (root / "pyproject.toml").write_text(f"{named}\n[tool.aerich]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    noise = f"import sys\nprint({text(73)!a})\nprint({text(74)!a}, file=sys.stderr)\n"
    (root / "settings.py").write_text(f"{noise}TORTOISE_ORM = {configuration(url)!r}\n")
    (root / "shop.py").write_text(_models())
    dialect = parse_url(url).dialect
    for version, source in files(dialect).items():
        (folder / version).write_text(source, encoding="utf-8", newline="")
    return root


def files(dialect: str) -> dict[str, str]:
    """Each file's source by its name, in their order."""
    comment = text(75).replace("*/", "").replace("\r", "").replace("\n", "").replace("\x00", "")
    columns = f"{quoted(77)} INT, {quoted(78)} VARCHAR(20) DEFAULT '{text(79, 60).replace(chr(39), '')}'"
    table = (
        f"-- {comment}\n/* {comment} */\nCREATE TABLE {quoted(76)} ({columns});\n"
        f"ALTER TABLE {quoted(76)} DROP COLUMN {quoted(78)};"
    )
    return {
        APPLIED: _file(init_sql(dialect)),
        f"1_20260101000000_{name(80)}.py": _file(table, f"DROP TABLE {quoted(76)};", doc=text(81)),
        f"2_{name(82)}.py": _file("SELECT 1;", before=f"print({text(83)!a})"),
        f"3_{name(84)}.py": _file("SELECT 1;", before=f"raise ValueError({text(85)!a})"),
        f"{name(86)}.py": "",
        f"4_{name(87)}.sql": "SELECT 1;",
    }


def _toml(value: str) -> str:
    return json.dumps(value.encode("utf-16", "surrogatepass").decode("utf-16"), ensure_ascii=False).translate(
        {point: f"\\u{point:04x}" for point in [*range(32), 127]}
    )


def _file(up: str, down: str = "", *, doc: str = "", before: str = "") -> str:
    head = f"{doc!r}\n" if doc else ""
    body = f"    {before}\n" if before else ""
    return (
        f"{head}from tortoise import BaseDBAsyncClient\n\nRUN_IN_TRANSACTION = True\n\n\n"
        f"async def upgrade(db: BaseDBAsyncClient) -> str:\n{body}    return {up!r}\n\n\n"
        f"async def downgrade(db: BaseDBAsyncClient) -> str:\n    return {down!r}\n\n\n"
        f'MODELS_STATE = (\n    "{EMPTY_STATE}"\n)\n'
    )


def _models() -> str:
    return (
        "from tortoise import fields\nfrom tortoise.models import Model\n\n\n"
        f"class Item(Model):\n    {text(88)!r}\n"
        "    id = fields.IntField(primary_key=True)\n    name = fields.CharField(max_length=50)\n"
        f"    other = fields.TextField(default={text(89)!a}, source_field={text(90, 30)!a}, description={text(91)!a})\n"
        f"\n    class Meta:\n        table_description = {text(92)!a}\n"
    )


async def fill(url: str, *, ahead: bool) -> None:
    """Applies the first file by hand, and writes rows of Aerich and of the log with hostile texts.

    `ahead`: one of them is of a file that is not there, so that nothing is applied.
    """
    dialect = parse_url(url).dialect
    content = json.dumps({text(93): text(93)})
    rows: list[tuple[str, dict[str, Any]]] = [
        ("aerich", {"version": APPLIED, "app": "models", "content": content}),
        ("aerich", {"version": text(95, 200), "app": text(95, 90), "content": content}),
        ("shellback_migrations", _log_row(APPLIED, 1)),
        ("shellback_migrations", _log_row(f"9_{text(94, 200)}", 3)),
        ("shellback_migrations", _log_row("0_gone.py", 4) | {"outcome": text(69, 20)}),
    ]
    if ahead:
        rows.append(("aerich", {"version": f"9_{text(94, 200)}", "app": "models", "content": content}))
    if dialect == "sqlite":
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(str(parse_url(url).path))) as base, base:
            base.executescript(init_sql(dialect))
            base.execute(create_log("shellback_migrations", dialect))
            for table, row in rows:
                marks = ", ".join("?" * len(row))
                base.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*map(_plain, row.values())])
        return
    base_ = await connect(url)
    try:
        await base_.execute(init_sql(dialect))
        await base_.execute(create_log("shellback_migrations", dialect))
        for table, row in rows:
            marks = ", ".join(f"${at}" for at in range(1, len(row) + 1))
            await base_.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
    finally:
        await base_.close()


def _plain(value: object) -> object:
    return value.isoformat(" ") if isinstance(value, datetime) else value


def _log_row(version: str, number: int) -> dict[str, Any]:
    return {
        "run": f"{number:036}",
        "aerich_id": number,
        "app": "models",
        "version": version,
        "action": "apply",
        "outcome": "done",
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
        "took_ms": 5,
        "statements": 1,
        "begun": 1,
        "done": 1,
        "actor": text(96, 250),
        "reason": text(97),
        "source": _file("SELECT 2;", doc=text(98)),
        "source_sha256": "0" * 64,
        "sql": text(99),
    }
