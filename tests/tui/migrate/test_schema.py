"""The migrations make exactly what the models say, and the triggers that no model can say."""

import pytest
from tortoise import Tortoise

from tests.tui.migrate.catalogue import catalogue
from tests.tui.migrate.projects import execute
from tui.database import Database

TRIGGERS = {
    "sqlite": {
        "users": {"users_key_insert", "users_key_update"},
        "audit_events": {"audit_events_no_update", "audit_events_no_delete", "audit_events_no_replace"},
        "audit_archives": {"audit_archives_no_update", "audit_archives_no_delete", "audit_archives_no_replace"},
    },
    "postgres": {
        "users": {"users_key"},
        "audit_events": {"audit_events_append_only", "audit_events_archived_only"},
        "audit_archives": {"audit_archives_append_only"},
    },
}


async def make_from_models(database: Database, url: str) -> set[str]:
    """Creates the tables of every managed model in an empty database, as Tortoise would; returns their names."""
    generator = database.client.schema_generator(database.client)
    todo = [
        generator._get_table_sql(model, True)
        for model in Tortoise.apps["models"].values()
        if getattr(model.Meta, "managed", True)
    ]
    names = {table["table"] for table in todo}
    made: set[str] = set()
    while todo:
        table = next(each for each in todo if each["references"] <= made | {each["table"]})
        await execute(url, table["table_creation_string"])
        made.add(table["table"])
        todo.remove(table)
    return names


async def test_the_schema_is_what_the_models_say(database: Database, database_url: str, empty_url: str) -> None:
    tables = await make_from_models(database, empty_url)
    ours, theirs = await catalogue(database_url), await catalogue(empty_url)
    # Made where the extension may be had; no model can say it.
    ours["users"]["indexes"].pop("idx_users_username_key_trgm", None)
    assert set(ours) == tables | {"aerich"}
    for table in sorted(tables):
        for kind in sorted(theirs[table].keys() - {"triggers"}):
            assert ours[table][kind] == theirs[table][kind], (table, kind)


async def test_triggers_are_there(database_url: str, dialect: str) -> None:
    found = await catalogue(database_url)
    assert {table: facts["triggers"] for table, facts in found.items() if facts["triggers"]} == TRIGGERS[dialect]


@pytest.mark.postgres_only
async def test_keys_compare_by_bytes(database_url: str) -> None:
    columns = (await catalogue(database_url))["users"]["columns"]
    assert {name for name, facts in columns.items() if facts[3] == "C"} == {"username_key", "email_key"}
