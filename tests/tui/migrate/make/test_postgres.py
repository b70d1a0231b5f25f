"""Where a draft is tried on PostgreSQL: a database that is dropped, a schema that is rolled back, or nowhere."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.postgres import PostgresServer
from tests.tui.migrate.making import ITEM, aerich, change, make_it, start_shop, try_it
from tests.tui.migrate.projects import connect, execute, migration, query
from tui.migrate.make.trial import Trial, try_draft
from tui.migrate.make.whole import Making, begin, version_of
from tui.migrate.running.events import Event, FileStarted
from tui.migrate.source.project import Project

pytestmark = pytest.mark.postgres_only

AFTER = ITEM + "    colour = fields.CharField(max_length=20, null=True)\n"
SCRATCH = "SELECT datname FROM pg_database WHERE datname LIKE 'shellback%scratch%'"


@asynccontextmanager
async def as_role(project: Project, url: str, grants: str) -> AsyncIterator[None]:
    """The project connects as somebody who owns its tables and may do nothing else but `grants`."""
    name = f"maker_{uuid.uuid4().hex[:8]}"
    database = urlsplit(url).path[1:]
    await execute(url, f"CREATE ROLE {name} LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO {name}")
    await execute(url, f"ALTER TABLE item OWNER TO {name}; ALTER TABLE aerich OWNER TO {name}")
    if grants:
        await execute(url, grants.format(role=name, database=f'"{database}"'))
    settings = project.root / "settings.py"
    before = settings.read_text()
    user = urlsplit(url).username
    settings.write_text(before.replace(f"'user': '{user}'", f"'user': '{name}'"))
    try:
        yield
    finally:
        settings.write_text(before)
        await execute(url, f"REASSIGN OWNED BY {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}")


async def trial_of(project: Project) -> Trial:
    found = (await try_it(project)).first.trial
    assert found is not None
    return found


async def test_a_scratch_database_is_gone_afterwards(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    trial = await trial_of(project)
    assert trial.is_clean
    assert trial.how == "a scratch database"
    assert await query(empty_url, SCRATCH) == []


async def test_one_that_was_left_by_a_kill_is_dropped_the_next_time(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    making = await begin(project)
    killed: list[int] = []

    def kill(event: Event) -> None:
        if isinstance(event, FileStarted) and not killed:
            (worker,) = [
                child
                for child in psutil.Process().children(recursive=True)
                if "tui/migrate/process/main.py" in " ".join(child.cmdline())
            ]
            killed.append(worker.pid)
            worker.kill()

    trial = await try_draft(project, making.first.draft, version_of(making, "x"), on_event=kill)
    assert "SIGKILL" in trial.trouble
    assert len(await query(empty_url, SCRATCH)) == 1
    # The server may take a moment to see that the worker is gone; until then its lock is held.
    holder = await connect(empty_url)
    (name,) = (await query(empty_url, SCRATCH))[0]
    await holder.execute("SELECT pg_advisory_lock(1396920916, $1::int4)", zlib.crc32(name.encode()) - 2**31)
    await holder.close()
    assert (await trial_of(project)).is_clean
    assert await query(empty_url, SCRATCH) == []


async def test_what_others_use_is_not_dropped(tmp_path: Path, empty_url: str, postgres_server: PostgresServer) -> None:
    """Neither one of another project, nor one of ours whose maker still holds its lock."""
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    mine = f"shellback_scratch_{zlib.crc32(urlsplit(empty_url).path[1:].encode()):08x}_held"
    names = [mine, "shellback_scratch_00000000_other"]
    for name in names:
        postgres_server.create(name)
    holder = await connect(empty_url)
    try:
        await holder.execute("SELECT pg_advisory_lock(1396920916, $1::int4)", zlib.crc32(mine.encode()) - 2**31)
        assert (await trial_of(project)).is_clean
        assert {row[0] for row in await query(empty_url, SCRATCH)} == set(names)
    finally:
        await holder.close()
        for name in names:
            postgres_server.drop(name)


async def test_without_the_right_to_make_databases_a_schema_is_used(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    catalogue = "SELECT oid, relname, relfilenode FROM pg_class WHERE relname NOT LIKE 'pg_%' ORDER BY oid"
    async with as_role(project, empty_url, "GRANT CREATE ON DATABASE {database} TO {role}"):
        before = await query(empty_url, catalogue)
        trial = await trial_of(project)
        assert trial.sentences[0].startswith("It ran up, down and up again on a scratch schema in a transaction")
        assert trial.is_clean
        assert await query(empty_url, catalogue) == before
        # Its own tables are not reached by name from there.
        (project.folder / "1_20200101000000_far.py").write_text(migration("UPDATE public.item SET name = 'x'"))
        trial = await trial_of_far(project)
        assert trial.untried == (
            "1_20200101000000_far.py names the schema public, and there is no scratch database to run it in."
        )
        (project.folder / "1_20200101000000_far.py").write_text(
            migration("CREATE INDEX CONCURRENTLY x ON item (name)", transaction=False)
        )
        assert "runs outside of a transaction" in (await trial_of_far(project)).untried


async def trial_of_far(project: Project) -> Trial:
    """A trial of the state of file 0, whatever came behind it says."""
    from dataclasses import replace

    from tui.migrate.make.draft import Draft

    draft = Draft(dialect="postgres", base=None, up="SELECT 1;", down="SELECT 1;", state='"eJyrrgUAAXUA+Q=="')
    found = await try_draft(project, replace(draft), "9_20300101000000_x.py")
    assert found.trouble == ""
    return found


async def test_without_either_right_it_is_said(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    async with as_role(project, empty_url, ""):
        trial = await trial_of(project)
        assert trial.is_ok
        assert not trial.is_clean
        assert trial.sentences == (
            "It was not tried: This user may make neither a database nor a schema to try it in.",
        )


async def test_a_unique_pair_that_goes_whichever_way_it_came(tmp_path: Path, empty_url: str) -> None:
    """Made with the table it is a constraint, made later an index; plain Aerich runs each file's Python to guess."""
    pair = "\n    class Meta:\n        unique_together = [('name', 'id')]\n"
    project = await start_shop(tmp_path / "shop", empty_url)
    for models in (ITEM + pair, ITEM, ITEM + pair, ITEM):
        change(project, models)
        await make_it(project)
        await aerich(project.root, "upgrade")
        count = await query(empty_url, "SELECT count(*) FROM pg_indexes WHERE tablename = 'item'")
        assert count == [(2 if models != ITEM else 1,)]


async def test_a_column_that_is_unique_no_more_but_indexed(tmp_path: Path, empty_url: str) -> None:
    """Plain Aerich drops an index of a name that nobody has, and leaves the constraint."""
    unique = ITEM.replace("max_length=50", "max_length=50, unique=True, source_field='called'")
    project = await start_shop(tmp_path / "shop", empty_url, unique)
    for models, count in (
        (unique.replace("unique", "db_index"), 0),
        (unique, 1),
        (ITEM.replace("50", "50, null=True"), 0),
    ):
        change(project, models)
        path = await make_it(project)
        await aerich(project.root, "upgrade")
        found = await query(
            empty_url,
            "SELECT count(*) FROM pg_index WHERE indrelid = 'item'::regclass AND indisunique AND NOT indisprimary",
        )
        assert found == [(count,)], path.read_text()


async def test_an_index_that_is_made_beside_its_readers(tmp_path: Path, empty_url: str) -> None:
    """Written by hand into the draft: the file says then that it runs outside of a transaction."""
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, ITEM.replace("max_length=50", "max_length=50, db_index=True"))
    draft = (await begin(project)).first.draft
    up, down = (text.replace("INDEX IF", "INDEX CONCURRENTLY IF") for text in (draft.up, draft.down))
    assert "CONCURRENTLY" in up
    making = await try_it(project, up=up, down=down)
    trial = making.first.trial
    assert trial is not None
    assert trial.is_clean, trial.sentences
    assert "RUN_IN_TRANSACTION = False" in trial.text
    assert any("outside of a transaction" in sentence for sentence in trial.sentences)


async def test_a_server_that_is_away_keeps_nobody_from_drafting(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    settings = project.root / "settings.py"
    settings.write_text(settings.read_text().replace("'host': '", "'host': '/nowhere"))
    making: Making = await begin(project)
    assert making.has_changes
    trial = await trial_of(project)
    assert "The database was not reached" in trial.untried
