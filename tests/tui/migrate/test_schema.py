"""The migrations make exactly what the models say, and the triggers that no model can say."""

import pytest

from tests.tui.migrate.catalogue import whole_catalogue
from tui.migrate.drift import find_drift
from tui.migrate.source.project import own_project
from tui.settings import parse_url

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
BESIDE = {"trigger", "order", "comment"}
"""What may be benign in our own tables: not even a name, or a DEFAULT, differs from the models."""


async def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    report = await find_drift(own_project(parse_url(database_url)))
    assert (report.fault, report.differences, report.unmade, report.pending) == (None, (), (), ())
    assert report.is_exact
    assert report.files.startswith("their SQL run again")
    assert report.tables == len((await whole_catalogue(database_url)).tables)
    assert {each.kind for each in report.benign} <= BESIDE


@pytest.mark.postgres_only
async def test_with_trigrams_two_indexes_more_are_what_the_files_say(trigram_url: str) -> None:
    report = await find_drift(own_project(parse_url(trigram_url)))
    assert (report.fault, report.differences, report.unmade) == (None, (), ())
    assert {(each.kind, each.table, each.name) for each in report.benign if each.kind not in BESIDE} == {
        ("index", "users", "USING gin (username_key gin_trgm_ops)"),
        ("index", "users", "USING gin (email_key gin_trgm_ops)"),
    }


async def test_triggers_are_there(database_url: str, dialect: str) -> None:
    found = await whole_catalogue(database_url)
    assert {name: set(table.triggers) for name, table in found.tables.items() if table.triggers} == TRIGGERS[dialect]


@pytest.mark.postgres_only
async def test_keys_compare_by_bytes(database_url: str) -> None:
    columns = (await whole_catalogue(database_url)).tables["users"].columns
    assert {name for name, column in columns.items() if column.collation == "C"} == {"username_key", "email_key"}
