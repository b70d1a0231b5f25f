"""Applying in the worker process: order, failures, cancels, other upgraders. On both databases."""

import asyncio
from pathlib import Path

import pytest

from tests.tui.migrate.conftest import Shop
from tests.tui.migrate.projects import apply_all, execute, migration, plan_of, query, start, versions
from tui.migrate.listing import look
from tui.migrate.running.apply import Event, RunOutcome, RunStatus, apply_plan, plan_apply
from tui.migrate.running.events import (
    Committing,
    Connected,
    FileDone,
    FileStarted,
    Finished,
    StatementDone,
    StatementStarted,
    Waiting,
)
from tui.migrate.source.project import Project
from tui.settings import parse_url


async def cancel_at(project: Project, text: str) -> RunOutcome:
    """Applies, and cancels when the statement that contains `text` has begun."""
    cancel = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted) and text in event.text:
            cancel.set()

    return await apply_plan(await plan_of(project), listen, cancel=cancel)


async def test_events_come_in_order_and_say_where(shop: Shop, empty_url: str, dialect: str) -> None:
    two = "INSERT INTO item (name) VALUES ('a');\n        -- and\n        INSERT INTO item (name) VALUES ('b;');"
    project = shop(f1_two=migration(two))
    events: list[Event] = []
    outcome = await apply_plan(await plan_of(project), events.append)
    assert (outcome.status, outcome.applied, outcome.failed) == (RunStatus.DONE, ("0_init.py", "1_two.py"), None)
    assert outcome.sentence == "0 and 1 are applied."
    assert set(outcome.milliseconds) == {"0_init.py", "1_two.py"}
    one_file = [FileStarted, *[StatementStarted, StatementDone] * 2, Committing, FileDone]
    assert [type(event) for event in events if type(event).__name__ != "BackedUp"] == [
        Connected,
        *one_file,
        *one_file,
        Finished,
    ]
    started = [event for event in events if isinstance(event, StatementStarted) and event.version == "1_two.py"]
    assert [(event.index, event.total, event.line) for event in started] == [(1, 2, 7), (2, 2, 9)]
    connected = events[0]
    assert isinstance(connected, Connected)
    assert (connected.dialect, connected.writable) == (dialect, True)
    assert await query(empty_url, "SELECT name FROM item ORDER BY id") == [("a",), ("b;",)]


async def test_up_to_one_and_the_rest_later(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('a')"), f2_b=migration("DELETE FROM item"))
    assert (await apply_plan(await plan_of(project, "1"))).applied == ("0_init.py", "1_a.py")
    assert await query(empty_url, "SELECT name FROM item") == [("a",)]
    assert (await apply_all(project)).applied == ("2_b.py",)
    found = await look(project)
    assert found.plan().refusals == ("Nothing is pending.",)
    refused = await apply_plan(found.plan())
    assert (refused.status, refused.message) == (RunStatus.REFUSED, "Nothing is pending.")


async def test_half_a_file_leaves_nothing(shop: Shop, empty_url: str, dialect: str) -> None:
    up = """
        CREATE TABLE half (id int);
        INSERT INTO item (name) VALUES ('half');
        -- a comment; with a semicolon
        INSERT INTO
            nowhere VALUES (1);
        CREATE TABLE never (id int);"""
    project = shop(f1_good=migration("INSERT INTO item (name) VALUES ('good')"), f2_half=migration(up))
    outcome = await apply_all(project)
    assert (outcome.status, outcome.applied, outcome.failed) == (
        RunStatus.FAILED,
        ("0_init.py", "1_good.py"),
        "2_half.py",
    )
    assert outcome.sentence == "0 and 1 stay applied; 2 was rolled back."
    assert outcome.next_step == "Correct 2_half.py, or the data that it met, then apply again."
    assert "nowhere" in outcome.message
    line = 12 if dialect == "postgres" else 11
    assert outcome.place == f"{project.folder / '2_half.py'}:{line}"
    assert outcome.excerpt is not None
    assert outcome.excerpt.line == line
    if dialect == "postgres":
        assert outcome.code == "42P01"
        pointed, caret = outcome.excerpt.text().splitlines()[2:4]
        assert pointed == "> 12 |             nowhere VALUES (1);"
        assert caret.index("^") == pointed.index("nowhere")
    assert await versions(empty_url) == ["0_init.py", "1_good.py"]
    assert await query(empty_url, "SELECT name FROM item") == [("good",)]
    with pytest.raises(Exception, match="half"):
        await query(empty_url, "SELECT * FROM half")
    # Mended, it is applied.
    (project.folder / "2_half.py").write_text(migration(up.replace("nowhere VALUES (1)", "item (name) VALUES ('x')")))
    assert (await apply_all(project)).sentence == "0 to 2 are applied."


async def test_a_first_file_that_fails_changes_nothing(shop: Shop, empty_url: str) -> None:
    outcome = await apply_all(shop(f0_init=migration("CREATE TABLE half (id int); nonsense;")))
    assert (outcome.status, outcome.sentence) == (RunStatus.FAILED, "Nothing was changed: 0 was rolled back.")
    assert outcome.excerpt is not None
    assert outcome.excerpt.column is not None


async def test_an_error_in_python_names_its_line(shop: Shop, empty_url: str) -> None:
    project = shop(f1_bad=migration("", before="return {}['colour']"))
    outcome = await apply_all(project)
    assert (outcome.status, outcome.failed) == (RunStatus.FAILED, "1_bad.py")
    assert outcome.message == "KeyError: 'colour'"
    assert outcome.place == f"{project.folder / '1_bad.py'}:7"
    assert outcome.excerpt is not None
    assert "> 7 |     return {}['colour']" in outcome.excerpt.text()
    assert outcome.sentence == "0 stays applied; 1 was rolled back."


async def test_sql_that_a_program_made_is_shown_by_itself(shop: Shop) -> None:
    before = "return 'INSERT INTO item (name) VALUES (1);\\nINSERT INTO ' + type(db).__name__[:0] + 'lost VALUES (1)'"
    outcome = await apply_all(shop(f1_bad=migration("", before=before)))
    assert outcome.line is None
    assert outcome.path is not None
    assert outcome.excerpt is not None
    assert "> 1 | INSERT INTO lost VALUES (1)" in outcome.excerpt.text()


async def test_a_cancel_in_the_middle_rolls_back(shop: Shop, empty_url: str, endless: str) -> None:
    up = f"CREATE TABLE half (id int);\n        {endless};\n        CREATE TABLE never (id int);"
    project = shop(f1_good=migration("INSERT INTO item (name) VALUES ('good')"), f2_slow=migration(up))
    outcome = await cancel_at(project, endless)
    assert (outcome.status, outcome.failed) == (RunStatus.CANCELLED, "2_slow.py")
    assert outcome.sentence == "0 and 1 stay applied; 2 was rolled back."
    assert await versions(empty_url) == ["0_init.py", "1_good.py"]
    with pytest.raises(Exception, match="half"):
        await query(empty_url, "SELECT * FROM half")


async def test_two_at_once_apply_each_file_once(shop: Shop, empty_url: str) -> None:
    names = [f"{number}_n" for number in range(1, 4)]
    project = shop(**{f"f{name}": migration(f"INSERT INTO item (name) VALUES ('{name}')") for name in names})
    await start(project)
    plan = await plan_of(project)
    outcomes = await asyncio.gather(*(apply_plan(plan) for _ in range(3)))
    assert sorted(outcome.status for outcome in outcomes) == sorted(["done", "changed", "changed"])
    assert await query(empty_url, "SELECT name FROM item ORDER BY id") == [(name,) for name in names]
    assert await versions(empty_url) == ["0_init.py", *(f"{name}.py" for name in names)]
    changed = next(outcome for outcome in outcomes if outcome.status is RunStatus.CHANGED)
    assert "was applied meanwhile" in changed.message


async def test_another_upgrade_is_waited_for_as_long_as_wanted(shop: Shop, empty_url: str, endless: str) -> None:
    project = shop(f1_slow=migration(endless))
    await start(project)
    plan = await plan_of(project)
    running, cancel = asyncio.Event(), asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, StatementStarted):
            running.set()

    first = asyncio.create_task(apply_plan(plan, listen, cancel=cancel))
    await running.wait()
    events: list[Event] = []
    second = await apply_plan(plan, events.append, give_up=0)
    assert second.status is RunStatus.LOCK_HELD
    # The backend that holds the lock, or with SQLite the worker process.
    assert second.holders[0].pid is not None
    assert "shellback migrate" in second.holders[0].application
    assert second.holders[0].seconds is not None
    assert any(isinstance(event, Waiting) and event.on == "lock" for event in events)
    assert second.sentence == "0 is applied."
    cancel.set()
    assert (await first).status is RunStatus.CANCELLED


async def test_a_file_edited_after_the_plan_is_not_applied(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('a')"))
    plan = await plan_of(project)
    path = project.folder / "1_a.py"
    path.write_text(path.read_text().replace("'a'", "'b'"))
    outcome = await apply_plan(plan)
    assert (outcome.status, outcome.applied) == (RunStatus.CHANGED, ("0_init.py",))
    assert "1_a.py was edited" in outcome.message
    assert await query(empty_url, "SELECT name FROM item") == []


async def test_a_row_written_after_the_plan_stops_it(shop: Shop, empty_url: str) -> None:
    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('a')"))
    await start(project)
    plan = await plan_of(project)
    await execute(empty_url, "INSERT INTO aerich (version, app, content) VALUES ('1_a.py', 'models', '{}')")
    outcome = await apply_plan(plan)
    assert (outcome.status, outcome.applied) == (RunStatus.CHANGED, ())
    assert "1_a.py of models was applied meanwhile" in outcome.message
    assert await query(empty_url, "SELECT name FROM item") == []


async def test_a_compiled_file_is_not_run(shop: Shop, empty_url: str) -> None:
    """Python trusts `__pycache__` when time and size fit; what was shown must be what runs."""
    import os
    import py_compile

    project = shop(f1_a=migration("INSERT INTO item (name) VALUES ('evil')"))
    path = project.folder / "1_a.py"
    py_compile.compile(str(path))
    before = path.stat()
    path.write_text(path.read_text().replace("evil", "good"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (await apply_all(project)).is_ok
    assert await query(empty_url, "SELECT name FROM item") == [("good",)]
    assert [entry.name for entry in (project.folder / "__pycache__").iterdir()] == [
        Path(py_compile.compile(str(path)) or "").name
    ]


async def test_a_database_that_does_not_answer_is_a_sentence(shop: Shop, empty_url: str, dialect: str) -> None:
    project = shop()
    settings = project.root / "settings.py"
    url = parse_url(empty_url)
    name = url.server.database if url.server else str(url.path)
    settings.write_text(settings.read_text().replace(name, "/gone" if url.path else "gone"))
    found = await look(project)
    assert found.trouble.startswith("The database was not opened.")
    assert "gone" in found.trouble
    assert not found.plan().is_ok
    outcome = await apply_plan(plan_apply(project, found.listing))
    assert outcome.status is RunStatus.REFUSED
