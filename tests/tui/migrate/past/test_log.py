"""The log of what was run, on real connections: rows in the file's transaction, rows after it, the local file."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient

from tests.tui.migrate.projects import connect, execute, init_sql, query
from tui.migrate.process.runs import local_log, log_table
from tui.migrate.process.runs.journal import is_live, peek, read_story
from tui.migrate.process.runs.log import Log
from tui.migrate.process.runs.log_table import LONGEST_TEXT
from tui.migrate.process.runs.progress import Progress
from tui.migrate.process.sessions.session import Session, open_session
from tui.settings import parse_url

SOURCE = b'async def upgrade(db):\n    return "x"\n\n\nMODELS_STATE = (\n    "eJyr"\n    "abc"\n)\n'
ONE = "1_one.py"


async def session_on(url: str) -> Session:
    """A worker's session, opened here."""
    parsed = parse_url(url)
    progress = Progress(lambda *_, **__: None)
    if parsed.path is not None:
        client: Any = SqliteClient(str(parsed.path), connection_name="default")
    else:
        server = parsed.server
        assert server is not None
        client = AsyncpgDBClient(
            user=server.user,
            password=None,
            database=server.database,
            host=server.host,
            port=server.port,
            connection_name="default",
        )
    return await open_session(client, "models", progress, progress.emit)


@pytest.fixture
async def session(empty_url: str, dialect: str) -> AsyncIterator[Session]:
    await execute(empty_url, init_sql(dialect))
    opened = await session_on(empty_url)
    yield opened
    with suppress(Exception):
        await opened.close()


def order_in(folder: Path, **more: Any) -> dict[str, Any]:
    told = {"run": "run-1", "actor": "maria@host", "reason": "because", "local": str(folder / "log.jsonl")}
    return {"log": told, "journal": str(folder / "run.jsonl"), "files": [[ONE, "0"]], **more}


async def opened(session: Session, folder: Path, **more: Any) -> Log:
    return await Log.open(session, session, order_in(folder, **more), "models")


async def aerich_row(session: Session, version: str = ONE) -> None:
    await session.client.execute_query_dict(
        f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}') RETURNING id"
    )


async def run_one(session: Session, log: Log, *statements: str) -> None:
    await session.begin()
    await log.begin(ONE, SOURCE, transactional=True)
    for index, text in enumerate(statements, 1):
        await log.step(index, len(statements), text)
        await session.client.execute_query_dict(text)
        await log.step(index, len(statements), text, is_done=True)
    await aerich_row(session)
    await log.write()


COLUMNS = "version, action, outcome, actor, reason, statements, begun, done"


async def test_the_row_is_in_the_transaction_of_the_file(session: Session, tmp_path: Path, empty_url: str) -> None:
    log = await opened(session, tmp_path)
    await run_one(session, log, "CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
    with pytest.raises(Exception, match="shellback_migrations"):
        await query(empty_url, "SELECT * FROM shellback_migrations")
    await session.commit()
    log.committed()
    log.close("done")
    assert await query(empty_url, f"SELECT {COLUMNS} FROM shellback_migrations") == [
        (ONE, "apply", "done", "maria@host", "because", 2, 2, 2)
    ]
    [(source, sql, sha256, aerich_id, run)] = await query(
        empty_url, "SELECT source, sql, source_sha256, aerich_id, run FROM shellback_migrations"
    )
    assert sql == "CREATE TABLE a (id int);\nCREATE TABLE b (id int);"
    assert "eJyr" not in source
    assert 'MODELS_STATE = "sha256:' in source
    assert source.startswith('async def upgrade(db):\n    return "x"\n')
    assert len(sha256) == 64
    assert run == "run-1"
    assert [(aerich_id,)] == await query(empty_url, "SELECT id FROM aerich")
    assert log.said == ""


async def test_a_rolled_back_file_leaves_a_row_of_its_own(session: Session, tmp_path: Path, empty_url: str) -> None:
    log = await opened(session, tmp_path)
    await session.begin()
    await log.begin(ONE, SOURCE, transactional=True)
    await log.step(1, 2, "CREATE TABLE a (id int)")
    await session.client.execute_query_dict("CREATE TABLE a (id int)")
    await log.step(1, 2, "CREATE TABLE a (id int)", is_done=True)
    await log.step(2, 2, "nonsense")
    await session.rollback()
    await log.fail("failed")
    log.close("failed")
    assert await query(empty_url, f"SELECT {COLUMNS} FROM shellback_migrations") == [
        (ONE, "apply", "failed", "maria@host", "because", 2, 2, 1)
    ]
    with pytest.raises(Exception, match=r"no such table|does not exist"):
        await query(empty_url, "SELECT * FROM a")


async def test_files_rolled_back_together_are_all_told(session: Session, tmp_path: Path, empty_url: str) -> None:
    log = await opened(session, tmp_path)
    await run_one(session, log, "CREATE TABLE a (id int)")
    await log.begin("2_two.py", b"2", transactional=True)
    await session.rollback()
    await log.fail("cancelled")
    assert await query(empty_url, "SELECT version, outcome FROM shellback_migrations ORDER BY id") == [
        (ONE, "rolled back"),
        ("2_two.py", "cancelled"),
    ]


async def test_another_host_sees_how_far_a_file_without_a_transaction_came(
    session: Session, tmp_path: Path, empty_url: str
) -> None:
    question = "SELECT outcome, statements, begun, done FROM shellback_migrations"
    log = await opened(session, tmp_path)
    await log.begin(ONE, SOURCE, transactional=False)
    assert await query(empty_url, question) == [("running", 0, 0, 0)]
    await log.step(1, 2, "SELECT 1")
    assert await query(empty_url, question) == [("running", 2, 1, 0)]
    await log.step(1, 2, "SELECT 1", is_done=True)
    await log.step(2, 2, "SELECT 2")
    assert await query(empty_url, question) == [("running", 2, 2, 1)]
    assert is_live(tmp_path / "run.jsonl")
    story = read_story(tmp_path / "run.jsonl")
    assert story is not None
    assert (story.planned, story.outcome) == ([ONE], "")
    file = story.files[ONE]
    assert (file.transactional, file.statements, file.begun, file.done) == (False, 2, 2, 1)
    await log.fail("failed")
    assert await query(empty_url, question) == [("partial", 2, 2, 1)]
    log.close("failed")
    assert not is_live(tmp_path / "run.jsonl")
    assert (tmp_path / "run.jsonl").stat().st_mode & 0o777 == 0o600


async def test_a_transaction_of_the_files_own_counts_when_it_is_committed(
    session: Session, tmp_path: Path, empty_url: str
) -> None:
    log = await opened(session, tmp_path)
    await log.begin(ONE, SOURCE, transactional=False)
    texts = ("CREATE TABLE a (id int)", "BEGIN", "CREATE TABLE b (id int)")
    for index, text in enumerate(texts, 1):
        await log.step(index, 4, text)
        await session.client.execute_query_dict(text)
        await log.step(index, 4, text, is_done=True)
    await log.fail("failed")
    assert await query(empty_url, "SELECT outcome, statements, begun, done FROM shellback_migrations") == [
        ("partial", 4, 3, 1)
    ]
    with pytest.raises(Exception, match="b"):
        await query(empty_url, "SELECT * FROM b")


async def test_texts_that_no_database_takes(session: Session, tmp_path: Path, empty_url: str) -> None:
    log = await opened(session, tmp_path)
    await log.begin(ONE, b"x = '\x00'\n" + b"#" * (2 * LONGEST_TEXT) + b"\xff", transactional=False)
    await log.step(1, 1, "SELECT '\ud800\x00'")
    await log.write()
    log.committed()
    [(source, sql)] = await query(empty_url, "SELECT source, sql FROM shellback_migrations")
    assert len(source) == LONGEST_TEXT
    assert source.endswith("longer than the log keeps)")
    assert sql == "SELECT '?\ufffd';"
    assert log.said == ""


async def test_what_has_the_name_but_is_no_table_is_left_alone(
    session: Session, tmp_path: Path, empty_url: str
) -> None:
    await execute(empty_url, "CREATE VIEW shellback_migrations AS SELECT 1 AS id")
    log = await opened(session, tmp_path)
    await run_one(session, log, "CREATE TABLE a (id int)")
    assert not (tmp_path / "log.jsonl").exists(), "nothing is claimed before the COMMIT"
    await session.commit()
    log.committed()
    assert await query(empty_url, "SELECT version FROM aerich") == [(ONE,)]
    [line] = local_log.read(tmp_path / "log.jsonl")
    assert (line["version"], line["outcome"], line["statements"], line["done"]) == (ONE, "done", 1, 1)
    assert "no table here" in log.said
    assert str(tmp_path / "log.jsonl") in log.said


async def test_the_local_file_of_a_file_without_a_transaction(session: Session, tmp_path: Path, empty_url: str) -> None:
    await execute(empty_url, "CREATE VIEW shellback_migrations AS SELECT 1 AS id")
    log = await opened(session, tmp_path)
    await log.begin(ONE, SOURCE, transactional=False)
    await log.step(1, 2, "SELECT 1")
    await log.step(1, 2, "SELECT 1", is_done=True)
    [one] = local_log.merged(local_log.read(tmp_path / "log.jsonl"))
    assert (one["outcome"], one["begun"], one["done"], one["actor"]) == ("running", 1, 1, "maria@host")
    await log.fail("cancelled")
    [one] = local_log.merged(local_log.read(tmp_path / "log.jsonl"))
    assert (one["outcome"], one["begun"], one["done"]) == ("partial", 1, 1)
    assert (tmp_path / "log.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.postgres_only
async def test_without_the_privilege_the_file_is_applied_all_the_same(tmp_path: Path, empty_url: str) -> None:
    await execute(empty_url, init_sql("postgres"))
    role = f"limited_{urlsplit(empty_url).path[1:]}"[:60]
    await execute(
        empty_url,
        f'CREATE ROLE "{role}" LOGIN; GRANT SELECT, INSERT ON aerich, item TO "{role}";'
        f'GRANT USAGE ON SEQUENCE aerich_id_seq, item_id_seq TO "{role}"; REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    )
    parts = urlsplit(empty_url)
    limited = await session_on(
        parts._replace(netloc=parts.netloc.replace(f"{parts.username}@", f"{role}@", 1)).geturl()
    )
    try:
        log = await opened(limited, tmp_path)
        await run_one(limited, log, "INSERT INTO item (name) VALUES ('a')")
        await limited.commit()
        log.committed()
    finally:
        await limited.close()
        await execute(empty_url, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    assert await query(empty_url, "SELECT name FROM item") == [("a",)]
    assert "may not make it" in log.said
    [line] = local_log.read(tmp_path / "log.jsonl")
    assert line["outcome"] == "done"


@pytest.mark.postgres_only
async def test_a_table_that_somebody_else_made_is_not_written(session: Session, tmp_path: Path, empty_url: str) -> None:
    """Its triggers would run with our rights."""
    role = f"other_{urlsplit(empty_url).path[1:]}"[:60]
    await execute(
        empty_url,
        f'CREATE ROLE "{role}"; GRANT CREATE ON SCHEMA public TO "{role}"; SET ROLE "{role}";'
        "CREATE TABLE shellback_migrations (id int); RESET ROLE",
    )
    try:
        log = await opened(session, tmp_path)
        await run_one(session, log, "CREATE TABLE a (id int)")
        await session.commit()
        log.committed()
        assert await query(empty_url, "SELECT count(*) FROM shellback_migrations") == [(0,)]
    finally:
        await session.close()
        await execute(empty_url, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    assert "belongs to somebody else" in log.said


@pytest.mark.postgres_only
async def test_the_table_stands_beside_aerichs(session: Session, tmp_path: Path, empty_url: str) -> None:
    await execute(empty_url, 'CREATE SCHEMA "Other One"')
    log = await opened(session, tmp_path)
    await run_one(session, log, 'SET search_path = "Other One", public')
    await session.commit()
    assert await query(empty_url, "SELECT version FROM public.shellback_migrations") == [(ONE,)]
    await execute(empty_url, 'ALTER TABLE aerich SET SCHEMA "Other One"')
    log = await opened(session, tmp_path)
    await log.begin("2_two.py", b"", transactional=False)
    assert await query(empty_url, 'SELECT version FROM "Other One".shellback_migrations') == [("2_two.py",)]


@pytest.mark.postgres_only
async def test_two_that_make_the_table_at_once(session: Session, tmp_path: Path, empty_url: str) -> None:
    """The second waits for the first one's transaction, and writes into its table."""
    other = await connect(empty_url)
    try:
        await other.execute("BEGIN")
        await other.execute(log_table.create("public.shellback_migrations", "postgres"))
        log = await opened(session, tmp_path)
        task_is_waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        running = asyncio.create_task(run_one(session, log, "CREATE TABLE a (id int)"))
        while (await query(empty_url, task_is_waiting)) == [(0,)]:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)
        await other.execute("COMMIT")
        await running
        await session.commit()
    finally:
        await other.close()
    assert log.said == ""
    assert await query(empty_url, "SELECT version FROM shellback_migrations") == [(ONE,)]


async def test_a_journal_that_cannot_be_written_stops_nothing(session: Session, tmp_path: Path, empty_url: str) -> None:
    (tmp_path / "blocked").write_text("")
    order = order_in(tmp_path) | {"journal": str(tmp_path / "blocked" / "run.jsonl")}
    log = await Log.open(session, session, order, "models")
    await run_one(session, log, "CREATE TABLE a (id int)")
    await session.commit()
    log.committed()
    log.close("done")
    assert await query(empty_url, "SELECT version FROM shellback_migrations") == [(ONE,)]
    assert log.said.startswith("The journal of this run could not be written: ")


def test_half_a_line_of_a_journal_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    lines = [
        {"turn": "planned", "run": "r", "versions": [ONE], "pid": 5, "backend": "no number"},
        {"turn": "begun", "version": ONE, "transactional": True},
        {"turn": "committing", "version": ONE},
    ]
    path.write_text("not json\n[1]\n" + "".join(json.dumps(line) + "\n" for line in lines) + '{"turn": "do')
    story = read_story(path)
    assert story is not None
    assert (story.run, story.pid, story.backend) == ("r", 5, None)
    assert (story.files[ONE].is_committing, story.files[ONE].is_done) == (True, False)
    assert read_story(tmp_path / "nowhere") is None


def test_a_journal_is_known_by_its_ends(tmp_path: Path) -> None:
    """Whatever stands between them: nothing of it is read."""
    path = tmp_path / "run.jsonl"
    first = json.dumps({"turn": "planned", "run": "r", "app": "models", "project": "/p", "versions": [ONE]})
    path.write_text(f"{first}\n" + "no line of ours\n" * 50_000)
    story = peek(path)
    assert story is not None
    assert (story.run, story.app, story.project, story.is_told) == ("r", "models", "/p", False)
    local_log.append(path, {"turn": "told"})
    told = peek(path)
    assert told is not None
    assert told.is_told
    (tmp_path / "other.jsonl").write_text("[]\n")
    assert peek(tmp_path / "other.jsonl") is None
    (tmp_path / "empty.jsonl").write_text("")
    assert peek(tmp_path / "empty.jsonl") is None
