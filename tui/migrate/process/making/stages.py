"""The steps of making a migration, each in a process of its own: Aerich keeps what it found in classes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from aerich.migrate import Migrate
from aerich.utils import file_module_info, get_formatted_compressed_data, get_models_describe
from tortoise.utils import get_schema_sql

from ..catalogues.models_sql import Wanted, wanted_by
from ..faults import describe
from ..sql.statements import split
from ..work import Work
from . import differing, trial
from .base import Refused, known_files, last_state, models_now, schema_tables
from .drafting import Drafting
from .merging import take_in
from .rebuilding import Catalogue, Thing
from .tables import dropped_again


async def draft(work: Work) -> dict[str, Any]:
    """Of the order: `answers` (ids of the questions that are answered with yes), `empty`."""
    app, client = work.target.app, work.target.connection
    dialect: str = client.capabilities.dialect
    if dialect not in ("postgres", "sqlite"):
        raise Refused(f"Shellback makes migrations for PostgreSQL and SQLite; this project uses {dialect}.")
    Migrate.dialect = dialect
    Migrate.ddl_class = await Migrate.load_ddl_class()
    Migrate.ddl = Migrate.ddl_class(client)
    version, old = last_state()
    new = models_now(app)
    answer: dict[str, Any] = {
        "outcome": "drafted",
        "dialect": dialect,
        "base": version,
        "state": get_formatted_compressed_data(get_models_describe(app)),
        "questions": [],
        "up": [],
        "down": [],
        "notes": [],
        "rebuilt": {},
        "is_only_state": False,
    }
    if version is None:
        # As `aerich init-migrations`: the whole schema, with Aerich's table.
        sql = get_schema_sql(client, False)
        return answer | {"up": [each.text.rstrip(";") for each in split(sql, dialect)]}
    if work.order.get("empty"):
        return answer
    old, merged = take_in(known_files(old))
    drafting = Drafting(old, new, work.order.get("answers") or (), app, client)
    catalogue = await _catalogue(work, drafting.draft.renamed.up) if drafting.needs_catalogue else None
    found = drafting.finish(catalogue)
    _refuse_schemas(app, [*found.up, *found.down])
    return answer | {
        "questions": [each.as_values() for each in found.questions],
        "up": found.up,
        "down": found.down,
        "notes": [*merged, *found.notes],
        "rebuilt": found.rebuilt,
        "is_only_state": found.is_only_state or (bool(merged) and not found.up),
    }


async def try_out(work: Work) -> dict[str, Any]:
    """Of the order: `version`, `up`, `down`, `state`, `transactional`. Builds the file, runs it up, down and up again.

    Answers the file's text and what was found; `trouble` says why the draft cannot stand, `untried` why nobody knows.
    """
    text = _text(work.order)
    answer: dict[str, Any] = {"outcome": "tried", "text": text, "how": "", "untried": "", "differences": []}
    with tempfile.TemporaryDirectory(prefix="shellback-make-") as folder:
        path = _put(folder, work.order["version"], text)
        try:
            script = trial.load(file_module_info(folder, path.stem), path.name, work.target.app)
        except trial.FileFailed as error:
            return answer | {"error": describe(error.__cause__ or error, path), "direction": "up"}
        try:
            try:
                async with trial.open_place(work) as place:
                    return answer | await _tried(work, place, script, path)
            except trial.FileFailed as error:
                # One of the files before: it says nothing of the draft.
                fault = describe(error.__cause__ or error)
                why = f"{error.version} does not run on an empty database: {fault.get('message')}"
            async with trial.open_place(work) as place:
                return answer | await _tried(work, place, script, path, why)
        except trial.NoTrial as error:
            return answer | {"untried": str(error)}
        except OSError as error:
            return answer | {"untried": f"The database was not reached: {error}"}


async def _tried(
    work: Work, place: trial.Place, script: trial.Script, path: Path, why_not_files: str = ""
) -> dict[str, Any]:
    """On what the files make; with a reason against them, on what the last one says the models were."""
    if reason := place.why_not(script.version, f"{work.order['up']}\n{work.order['down']}"):
        raise trial.NoTrial(reason)
    found: dict[str, Any] = {"how": place.how, "differences": []}
    if why_not_files:
        await _make_last(work, place, why_not_files)
        found["how"] += f" made from the models of the last file, since {why_not_files}"
    else:
        await trial.build(work, place, trial.scripts(work, place))
    before = await place.read()
    has_way_back = bool(split(work.order["down"], work.target.connection.capabilities.dialect))
    steps = ["upgrade", "downgrade", "upgrade"] if has_way_back else ["upgrade"]
    seen = [before]
    for step in steps:
        work.emit("file_started", version=f"{path.name}, {step}", number=len(seen), total=len(steps))
        try:
            await trial.run(work, place, script, step)
        except trial.FileFailed as error:
            direction = "down" if step == "downgrade" else "up" if len(seen) == 1 else "up again"
            return found | {"error": describe(error.__cause__ or error, path), "direction": direction}
        seen.append(await place.read())
    if has_way_back:
        found["back"] = differing.lines(before, seen[2], "before it", "after the way back")
        found["again"] = differing.lines(seen[1], seen[3], "the first time", "the second time")
    wanted = wanted_by(work.target)
    now = await _against(work, wanted.statements, seen[1], wanted)
    older = set(await _against_last(work, before, wanted)) if now else set()
    found["differences"] = [line for line in now if line not in older]
    found["older"] = [line for line in now if line in older]
    return found


async def _against(work: Work, statements: list[str], files: Any, wanted: Wanted) -> list[str]:
    """Where a schema of models, made by these statements, differs from what the files make."""
    async with trial.open_place(work) as place:
        async with place.transaction():
            await place.client.execute_script(";\n".join(sql.rstrip().rstrip(";") for sql in statements))
        models = await place.read()
    models, files = (differing.only(each, set(wanted.tables)) for each in (models, files))
    return differing.lines(
        differing.as_models_can(models, models),
        differing.as_models_can(files, models),
        "by the models",
        "by the files",
        benign=set(wanted.defaults),
    )


async def _against_last(work: Work, before: Any, wanted: Wanted) -> list[str]:
    """The same for the models of the last file and the files up to it: what the draft is not to blame for."""
    try:
        return await _against(work, _statements_of_last(work), before, wanted)
    except Exception:  # noqa: BLE001 - a state that makes no schema: everything is told as it is
        return []


def _statements_of_last(work: Work) -> list[str]:
    """The schema of the models as the last file has them."""
    client = work.target.connection
    generator: Any = client.schema_generator(client)
    return dropped_again(last_state()[1], {}, generator, ())


async def _make_last(work: Work, place: trial.Place, why: str) -> None:
    """Raises NoTrial when that makes no schema either."""
    try:
        async with place.transaction():
            await place.client.execute_script(";\n".join(_statements_of_last(work)))
    except Exception as error:
        raise trial.NoTrial(why) from error


async def _catalogue(work: Work, renames: list[str]) -> Catalogue | None:
    """What an SQLite database has once the files and the renames were run; None where they do not run."""
    try:
        async with trial.open_place(work) as place:
            await trial.build(work, place, trial.scripts(work, place))
            if renames:
                async with place.transaction():
                    await place.client.execute_script(";\n".join(renames))
            things = await place.things()
            tables = (await place.read()).tables
    except (trial.FileFailed, trial.NoTrial) as error:
        sys.stderr.write(f"{error}\n")
        return None
    found = [Thing(row["type"], row["name"], row["tbl_name"], row["sql"]) for row in things]
    return Catalogue(found, {name: list(table.columns) for name, table in tables.items()})


def _refuse_schemas(app: str, statements: list[str]) -> None:
    for table, schema in sorted(schema_tables(app).items()):
        if any(f'"{table}"' in each for each in statements):
            raise Refused(
                f"{table} is in the schema {schema} (Meta.schema), which Aerich leaves out of its SQL: it would change "
                f"another table of that name. Write this migration by hand, from an empty one."
            )


def _text(order: dict[str, Any]) -> str:
    """The file, by Aerich's own template; a backslash and three quotes stay what they are."""
    return Migrate.build_migration_file_text(
        upgrade_sql=_in_quotes(order["up"]), models_state=order["state"], downgrade_sql=_in_quotes(order["down"])
    ).replace("RUN_IN_TRANSACTION = True", f"RUN_IN_TRANSACTION = {bool(order.get('transactional', True))}", 1)


def _put(folder: str, version: str, text: str) -> Path:
    path = Path(folder, version)
    path.write_text(text, encoding="utf-8")
    return path


def _in_quotes(sql: str) -> str:
    return sql.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').strip().replace("\n", "\n        ")
