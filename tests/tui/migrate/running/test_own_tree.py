"""Shellback's own migrations: by the plain `aerich` command and by the worker, from the web service's table on."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.usernames import key
from tests.tui.migrate.own import ALL_APPLIED, COUNT, INIT, ROOT, SECOND, SHARED_VIEWS, VERSIONS
from tests.tui.migrate.own import tree as versions_in
from tests.tui.migrate.projects import execute, query, versions
from tui.migrate.listing import pending_preview
from tui.migrate.running.apply import RunStatus, apply_plan
from tui.settings import parse_url

PEOPLE = 10_000
NAMES = ("Åsa", "MARÍA", "ßtraße", "ǅemal", "Иван", "李小龙", "José\u0301", "Ωmega", "ﬁona", "İpek")


def aerich(url: str, *arguments: str, configuration: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a person types it at the top of the checkout."""
    tree = str(configuration or f"migrations/{parse_url(url).dialect}/aerich.toml")
    environment = os.environ | {"SHELLBACK_DATABASE_URL": url, "PYTHONWARNINGS": "default"}
    command = [str(Path(sys.executable).parent / "aerich"), "-c", tree, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


async def run_aerich(url: str, *arguments: str, configuration: Path | None = None) -> str:
    done = await asyncio.to_thread(aerich, url, *arguments, configuration=configuration)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def make_seed(url: str, people: int) -> list[tuple[int, str]]:
    """The web service's database before us: file 0 applied, and its users."""
    preview = await pending_preview(parse_url(url))
    outcome = await apply_plan(preview.look.plan("0"))
    assert outcome.applied == (INIT,)
    names = [f"{NAMES[n % 10]}.{n}" if n % 3 == 0 else f"User{n}" if n % 3 == 1 else f"user_{n}" for n in range(people)]
    rows = [f"({n + 5}, '{name}', 'hash-{n}', {'true' if n % 4 else 'false'})" for n, name in enumerate(names)]
    for begin in range(0, people, 1000):
        values = ", ".join(rows[begin : begin + 1000])
        await execute(url, f"INSERT INTO users (id, username, hashed_password, is_active) VALUES {values}")
    return [(n + 5, name) for n, name in enumerate(names)]


async def people_of(url: str) -> list[tuple[object, ...]]:
    columns = "id, username, username_key, hashed_password, is_active, version"
    return await query(url, f"SELECT {columns} FROM users ORDER BY id")


def expected(seed: list[tuple[int, str]]) -> list[tuple[object, ...]]:
    return [(number, name, key(name), f"hash-{number - 5}", (number - 5) % 4 != 0, 1) for number, name in seed]


async def test_the_plain_command_upgrades_an_empty_database(empty_url: str) -> None:
    done = await run_aerich(empty_url, "upgrade")
    assert all(f"Success upgrading to {version}" in done for version in VERSIONS)
    assert (await run_aerich(empty_url, "history")).split() == [*VERSIONS]
    assert "No available heads" in await run_aerich(empty_url, "heads")
    assert "No upgrade items found" in await run_aerich(empty_url, "upgrade")
    look = (await pending_preview(parse_url(empty_url))).look
    assert [entry.state.value for entry in look.listing.entries] == ["applied"] * COUNT


@pytest.mark.parametrize("by", ["aerich", "worker"])
async def test_ten_thousand_users_of_the_service_are_kept(empty_url: str, by: str) -> None:
    seed = await make_seed(empty_url, PEOPLE)
    if by == "aerich":
        assert (await run_aerich(empty_url, "heads")).split() == [*VERSIONS[1:]]
        assert f"Success upgrading to {SECOND}" in await run_aerich(empty_url, "upgrade")
    else:
        outcome = await apply_plan((await pending_preview(parse_url(empty_url))).plan)
        assert (outcome.status, outcome.applied) == (RunStatus.DONE, VERSIONS[1:])
        assert outcome.sentence == ALL_APPLIED
    assert await versions(empty_url) == [*VERSIONS]
    assert await people_of(empty_url) == expected(seed)
    # The service goes on writing its four columns, and no number is given out twice.
    await execute(empty_url, "INSERT INTO users (username, hashed_password) VALUES ('NewComer', 'x')")
    ((number, folded),) = await query(empty_url, "SELECT id, username_key FROM users WHERE username = 'NewComer'")
    assert folded == "newcomer"
    if parse_url(empty_url).dialect == "sqlite":
        assert number == PEOPLE + 5


@pytest.mark.parametrize("by", ["aerich", "worker"])
async def test_names_that_collide_stop_it_with_nothing_changed(empty_url: str, by: str) -> None:
    seed = await make_seed(empty_url, 30)
    await execute(
        empty_url,
        "INSERT INTO users (id, username, hashed_password) VALUES (900, 'maria', 'x'), (901, 'MARIA', 'y'), "
        "(902, 'Straße', 'z'), (903, 'STRASSE', 'z')",
    )
    before = await query(empty_url, "SELECT id, username, hashed_password, is_active FROM users ORDER BY id")
    if by == "aerich":
        done = await asyncio.to_thread(aerich, empty_url, "upgrade")
        assert done.returncode == 1
        message = done.stderr
        assert "Traceback" not in message
    else:
        outcome = await apply_plan((await pending_preview(parse_url(empty_url))).plan)
        assert outcome.status is RunStatus.FAILED
        assert outcome.failed == SECOND
        assert outcome.sentence == "0 stays applied; 1 was rolled back."
        assert outcome.next_step == "Mend what it names, then apply again."
        message = outcome.message
    assert "Nothing was changed" in message
    assert "id 900 'maria' and id 901 'MARIA' are the same name" in message
    assert "id 902 'Straße' and id 903 'STRASSE'" in message
    mending = [line.strip() for line in message.splitlines() if line.strip().startswith("UPDATE users")]
    assert len(mending) == 2
    assert await query(empty_url, "SELECT id, username, hashed_password, is_active FROM users ORDER BY id") == before
    assert await versions(empty_url) == [INIT]
    # As it says: renamed, it upgrades.
    await execute(empty_url, "\n".join(mending))
    if by == "aerich":
        await run_aerich(empty_url, "upgrade")
    else:
        assert (await apply_plan((await pending_preview(parse_url(empty_url))).plan)).is_ok
    assert await versions(empty_url) == [*VERSIONS]
    assert (await people_of(empty_url))[: len(seed)] == expected(seed)


@pytest.mark.parametrize("by", ["aerich", "worker"])
async def test_views_that_are_there_stay_private(empty_url: str, by: str) -> None:
    await apply_plan((await pending_preview(parse_url(empty_url))).look.plan("1"))
    assert await versions(empty_url) == [INIT, SECOND]
    await execute(
        empty_url,
        "INSERT INTO users (username, hashed_password) VALUES ('maria', 'x');"
        """INSERT INTO saved_views (owner_id, name, query, columns, "order")"""
        " SELECT id, 'mine', 'is:locked', '[\"id\"]', '-id' FROM users",
    )
    if by == "aerich":
        await run_aerich(empty_url, "upgrade")
    else:
        outcome = await apply_plan((await pending_preview(parse_url(empty_url))).look.plan("2"))
        assert (outcome.status, outcome.applied) == (RunStatus.DONE, (SHARED_VIEWS,))
    rows = 'SELECT name, query, "order", is_shared, version, created_at FROM saved_views'
    assert await query(empty_url, rows) == [("mine", "is:locked", "-id", False, 1, None)]
    # And back: Aerich has no key of ours for it, so the plain command does it.
    await run_aerich(empty_url, "downgrade", "-v", "2", "--yes")
    assert await query(empty_url, 'SELECT name, query, "order" FROM saved_views') == [("mine", "is:locked", "-id")]
    assert await versions(empty_url) == [INIT, SECOND]


def test_both_trees_have_the_same_versions() -> None:
    assert versions_in("sqlite") == versions_in("postgres")
    assert [int(version.split("_")[0]) for version in VERSIONS] == [*range(COUNT)]


async def test_the_plain_command_finds_nothing_to_migrate(empty_url: str, tmp_path: Path) -> None:
    dialect = parse_url(empty_url).dialect
    place = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations" / dialect, place, ignore=shutil.ignore_patterns("__pycache__"))
    toml = tmp_path / "aerich.toml"
    toml.write_text(
        f'[tool.aerich]\ntortoise_orm = "migrations.config.TORTOISE_ORM"\nlocation = "{place}"\nsrc_folder = "{ROOT}"\n'
    )
    await run_aerich(empty_url, "upgrade", configuration=toml)
    assert "No changes detected" in await run_aerich(empty_url, "migrate", "--no-input", configuration=toml)
    assert sorted(path.name for path in (place / "models").glob("*.py")) == sorted(VERSIONS)


async def actor_indexes(url: str) -> dict[str, str]:
    """Name -> definition of the indexes for what refers to who acted."""
    if parse_url(url).dialect == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%IS NOT NULL%'"
    else:
        asked = "SELECT indexname::text, indexdef FROM pg_indexes WHERE indexdef LIKE '%IS NOT NULL%'"
    return {str(name): str(definition) for name, definition in await query(url, asked)}


async def test_indexes_for_who_acted_go_and_come(empty_url: str) -> None:
    await run_aerich(empty_url, "upgrade")
    made = await actor_indexes(empty_url)
    assert len(made) == 5
    await run_aerich(empty_url, "downgrade", "-v", "3", "--yes")
    assert await actor_indexes(empty_url) == {}
    assert await versions(empty_url) == [INIT, SECOND, SHARED_VIEWS]
    # Made by hand beforehand, since the table is too large to stand still: it is left, and the others join it.
    name = "idx_users_created_8f89a3"
    concurrently = "CREATE INDEX CONCURRENTLY" if parse_url(empty_url).dialect == "postgres" else "CREATE INDEX"
    await execute(empty_url, made[name].replace("CREATE INDEX", concurrently))
    assert set(await actor_indexes(empty_url)) == {name}
    outcome = await apply_plan((await pending_preview(parse_url(empty_url))).plan)
    assert (outcome.status, outcome.applied) == (RunStatus.DONE, VERSIONS[3:])
    assert await actor_indexes(empty_url) == made


async def test_the_audit_takes_rows_and_gives_none_back(database_url: str) -> None:
    row = (
        "INSERT INTO audit_events (op_id, actor_label, actor_kind, action, target_type, outcome, seq, prev_hash, hash)"
        " VALUES ('00000000-0000-0000-0000-000000000001', 'a', 'cli', 'x', 'user', 'ok', 1, '0', '1')"
    )
    await execute(database_url, row)
    for statement in ("UPDATE audit_events SET action = 'y'", "DELETE FROM audit_events"):
        with pytest.raises(Exception, match="append-only"):
            await execute(database_url, statement)
    if parse_url(database_url).dialect == "postgres":
        with pytest.raises(Exception, match="append-only"):
            await execute(database_url, "TRUNCATE audit_events")
    assert await query(database_url, "SELECT action FROM audit_events") == [("x",)]


async def test_a_table_of_another_application_is_left_alone(empty_url: str) -> None:
    await execute(empty_url, "CREATE TABLE users (id int PRIMARY KEY, login text)")
    outcome = await apply_plan((await pending_preview(parse_url(empty_url))).plan)
    assert outcome.status is RunStatus.FAILED
    assert "belongs to another application" in outcome.message
    assert await query(empty_url, "SELECT * FROM users") == []
