"""Looking for drift leaves the database as it was: after the look, a cancel, `kill -9`; and it locks nobody."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.tui.migrate.drift.shelf import MODELS, fill_shelf, make_shelf
from tests.tui.migrate.projects import connect, execute, query
from tui.migrate.drift import find_drift
from tui.migrate.running.events import Connected, Looking
from tui.settings import parse_url

_EVERYTHING = """
    SELECT 'class', c.oid::int8, c.relname::text, c.relnamespace::regnamespace::text, c.relfilenode::int8::text
    FROM pg_class c WHERE c.relnamespace::regnamespace::text NOT LIKE 'pg\\_toast%'
    UNION ALL SELECT 'namespace', oid::int8, nspname::text, '', '' FROM pg_namespace
    UNION ALL SELECT 'proc', oid::int8, proname::text, '', md5(prosrc) FROM pg_proc
    UNION ALL SELECT 'type', oid::int8, typname::text, '', '' FROM pg_type
    UNION ALL SELECT 'constraint', oid::int8, conname::text, '', '' FROM pg_constraint
    UNION ALL SELECT 'default', oid::int8, adrelid::text, '', '' FROM pg_attrdef
    UNION ALL SELECT 'attribute', attrelid::int8, attname::text, attnum::text, '' FROM pg_attribute
    ORDER BY 1, 2, 3, 4, 5
"""


async def state_of(url: str) -> Any:
    """All bytes of an SQLite file; on PostgreSQL every object with its id and its file."""
    path = parse_url(url).path
    if path is not None:
        return path.read_bytes(), sorted(each.name for each in path.parent.iterdir() if "empty" in each.name)
    return await query(url, _EVERYTHING)


@pytest.fixture
async def many(tmp_path: Path, empty_url: str) -> Any:
    """A project with drift, and a pending file."""
    project = make_shelf(tmp_path / "shelf", empty_url, {"1_more.py": "ALTER TABLE tag ADD COLUMN extra INT"})
    await fill_shelf(empty_url)
    await execute(empty_url, "DROP INDEX idx_book_title_3a1b7e; INSERT INTO tag (word) VALUES ('kept')")
    return project


async def test_after_a_look(many: Any, empty_url: str) -> None:
    before = await state_of(empty_url)
    report = await find_drift(many)
    assert report.drift
    assert await state_of(empty_url) == before


@pytest.mark.parametrize("moment", ["the database", "the models", "the files"])
async def test_after_a_cancel(many: Any, empty_url: str, moment: str, dialect: str) -> None:
    if dialect == "sqlite" and moment == "the files":
        pytest.skip("memory only: nothing is told between the two")
    before = await state_of(empty_url)
    reached = asyncio.Event()

    def hear(event: object) -> None:
        if isinstance(event, Looking) and event.what == moment:
            reached.set()

    looking = asyncio.create_task(find_drift(many, on_event=hear))
    await asyncio.wait_for(reached.wait(), 30)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert await state_of(empty_url) == before


@pytest.mark.postgres_only
async def test_after_kill_9_in_the_middle(many: Any, empty_url: str) -> None:
    """The worker dies inside its transaction, with a schema half built: held up by a lock on the last of its names."""
    before = await state_of(empty_url)
    (many.root / "shop.py").write_text(
        MODELS + "\n\nclass Slow(Model):\n    id = fields.IntField(primary_key=True)\n\n"
        "    class Meta:\n        indexes = (Index(fields=('id',), name='a'),)\n"
        "\n\nclass _Slow(Index):\n    def get_sql(self, *_):\n        return 'SELECT pg_sleep(600)'\n\n\n"
        "Slow._meta.indexes = [_Slow(fields=('id',))]\n"
    )
    pids: list[int] = []
    worker: list[int] = []

    def hear(event: object) -> None:
        if isinstance(event, Connected) and event.pid is not None:
            pids.append(event.pid)

    looking = asyncio.create_task(find_drift(many, on_event=hear))
    watcher = await connect(empty_url)
    try:
        await until_asleep(watcher)
        worker += _workers(many)
        assert len(worker) == 1
        os.kill(worker[0], signal.SIGKILL)
        report = await looking
        assert report.fault is not None
        assert "SIGKILL" in report.fault.message
        # The server notices that its client is gone, and takes the schema back.
        await until_none(watcher, "SELECT FROM pg_stat_activity WHERE pid = ANY ($1)", pids)
    finally:
        await watcher.close()
    assert await state_of(empty_url) == before


async def until_asleep(watcher: Any) -> None:
    """Until somebody runs the statement that does not end."""
    asleep = "query LIKE '%pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()"
    await watcher.execute(
        f"DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE {asleep})"
        " LOOP PERFORM pg_sleep(0.02), pg_stat_clear_snapshot(); END LOOP; END $$"
    )


async def until_none(watcher: Any, question: str, *values: Any) -> None:
    """Until a question has no answer."""
    async with asyncio.timeout(30):
        while await watcher.fetch(question, *values):
            await watcher.execute("SELECT pg_sleep(0.02)")


def _workers(project: Any) -> list[int]:
    """The worker processes that run in a project's directory."""
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and _is_worker(each, project)]


def _is_worker(process: Path, project: Any) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        return any(word.endswith(b"process/main.py") for word in words) and (process / "cwd").resolve() == project.root
    except OSError:
        return False


@pytest.mark.postgres_only
async def test_a_table_in_an_exclusive_lock_is_not_waited_for(many: Any, empty_url: str) -> None:
    """From 16 on PostgreSQL itself wants the table for a moment, to tell a default: then it is said who holds it."""
    holder = await connect(empty_url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE tag IN ACCESS EXCLUSIVE MODE")
            report = await asyncio.wait_for(find_drift(many), 30)
            pid = holder.get_server_pid()
    finally:
        await holder.close()
    if report.fault is not None:
        assert f"pid {pid} (postgres, idle in transaction) holds tag" in report.fault.message
    report = await find_drift(many)
    assert report.fault is None
    assert {each.name for each in report.drift} == {"(title, price)"}


@pytest.mark.postgres_only
@pytest.mark.parametrize("mode", ["SHARE ROW EXCLUSIVE", "EXCLUSIVE"])
async def test_who_writes_is_not_in_the_way(many: Any, empty_url: str, mode: str) -> None:
    """Replaying the files, with their keys and their rows, wants nothing of the application's own tables."""
    holder = await connect(empty_url)
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE author, book, tag, book_tag IN {mode} MODE")
            report = await asyncio.wait_for(find_drift(many), 30)
    finally:
        await holder.close()
    assert report.fault is None
    assert {each.name for each in report.drift} == {"(title, price)"}
    assert report.files.startswith("their SQL run again")


@pytest.mark.postgres_only
async def test_nobody_waits_for_the_look(tmp_path: Path, empty_url: str) -> None:
    """While the scratch schema is being built, other connections may change every table."""
    slow = (
        "\n\nclass _Slow(Index):\n    def get_sql(self, *_):\n        return 'SELECT pg_sleep(600)'\n\n\n"
        "Tag._meta.indexes = [_Slow(fields=('word',))]\n"
    )
    project = make_shelf(tmp_path / "shelf", empty_url, models=MODELS + slow)
    await fill_shelf(empty_url)
    looking = asyncio.create_task(find_drift(project))
    other = await connect(empty_url)
    try:
        await until_asleep(other)
        await other.execute("SET lock_timeout = '200ms'")
        for table in ("author", "book", "tag", "book_tag", "aerich"):
            await other.execute(f"ALTER TABLE {table} ADD COLUMN while_it_runs INT")
        await other.execute("DROP TABLE book_tag; CREATE TABLE book_tag (i INT)")
    finally:
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        await other.close()


@pytest.mark.postgres_only
async def test_who_may_not_make_a_schema_is_told_and_compares_what_can_be(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    name = parse_url(empty_url).server.database  # type: ignore[union-attr]
    await execute(
        empty_url, f"CREATE ROLE reader_{name} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_{name}"
    )
    text = (project.root / "settings.py").read_text()
    (project.root / "settings.py").write_text(text.replace("'user': 'postgres'", f"'user': 'reader_{name}'"))
    try:
        await execute(
            empty_url,
            "ALTER TABLE author ALTER COLUMN name TYPE VARCHAR(80); ALTER TABLE book ALTER COLUMN title DROP NOT NULL;"
            "ALTER TABLE author DROP CONSTRAINT author_name_key; DROP INDEX idx_book_title_3a1b7e;"
            "ALTER TABLE tag ADD COLUMN colour INT; CREATE INDEX mine ON tag (word) WHERE word > 'a'",
        )
        before = await state_of(empty_url)
        report = await find_drift(project)
        assert report.fault is None, report.fault
        assert not report.is_exact
        assert "may not make a schema" in report.models
        assert {(each.kind, each.table, each.name) for each in report.drift} == {
            ("type", "author", "name"),
            ("null", "book", "title"),
            ("unique", "author", "(name)"),
            ("index", "book", "(title, price)"),
            ("column", "tag", "colour"),
        }
        assert await state_of(empty_url) == before
    finally:
        await execute(empty_url, f"DROP OWNED BY reader_{name}; DROP ROLE reader_{name}")


@pytest.mark.postgres_only
async def test_a_read_only_database_is_compared_by_descriptions(tmp_path: Path, empty_url: str) -> None:
    project = make_shelf(tmp_path / "shelf", empty_url)
    await fill_shelf(empty_url)
    name = parse_url(empty_url).server.database  # type: ignore[union-attr]
    await execute(empty_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    report = await find_drift(project)
    assert (report.fault, report.differences, report.is_exact) == (None, (), False)
    assert "read-only" in report.models
