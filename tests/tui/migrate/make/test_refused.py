"""When no migration is made, and what is said then; how a file is written, and how it is not."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.migrate.making import CHILD, ITEM, aerich, change, files, make_it, start_shop, try_it
from tests.tui.migrate.projects import execute
from tui.migrate.applied import AppliedRow
from tui.migrate.make.naming import name_fault, next_version
from tui.migrate.make.whole import Making, begin, parts_of, put_elsewhere, refusals, version_of, write_all
from tui.migrate.make.writing import NotWritten, why_not_writable, write
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project, own_project
from tui.migrate.states import merge
from tui.settings import parse_url

AFTER = ITEM + "    colour = fields.CharField(max_length=20, null=True)\n"


async def refusal(project: Project) -> str:
    found = await begin(project)
    assert not found.has_changes
    return found.refusal


async def test_a_model_in_a_schema_is_refused(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER + "\n    class Meta:\n        schema = 'stock'\n")
    assert (await refusal(project)).startswith("item is in the schema stock (Meta.schema), which Aerich leaves out")
    # The plain command goes on as if nothing were the matter.
    await aerich(project.root, "migrate", "--offline", "--no-input")


async def test_a_new_table_in_a_schema_is_refused(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER + CHILD + "\n    class Meta:\n        schema = 'stock'\n")
    assert "line is in the schema stock" in await refusal(project)


async def test_the_same_number_twice_at_the_end(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    path = await make_it(project)
    path.with_name("1_20991231235959_other_branch.py").write_text(path.read_text())
    said = await refusal(project)
    assert path.stem in said
    assert "1_20991231235959_other_branch" in said
    assert "same number" in said


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("def upgrade(:\n", r"9_x.py:1 cannot be read: "),
        ("import nothing_of_this_name\n", "9_x.py cannot be imported: ModuleNotFoundError"),
        ("async def upgrade(db): ...\nasync def downgrade(db): ...\n", "has no MODELS_STATE"),
        ("MODELS_STATE = 'x'\nasync def upgrade(db): ...\n", "The MODELS_STATE of 9_x.py cannot be read"),
    ],
)
async def test_a_last_file_that_says_nothing(tmp_path: Path, empty_url: str, broken: str, says: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    (project.folder / "9_x.py").write_text(broken)
    change(project, AFTER)
    assert says in await refusal(project)


@pytest.mark.parametrize(
    ("models", "says"),
    [
        ("import nothing_of_this_name\n", "nothing_of_this_name"),
        ("class Item(Model:\n", "SyntaxError"),
        ("", "has no models"),
        ("import sys\nsys.exit(3)\n", "SystemExit"),
    ],
)
async def test_models_that_are_none(tmp_path: Path, empty_url: str, models: str, says: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, models)
    assert says in await refusal(project)


async def test_two_apps_without_the_table_of_aerich(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    (project.root / "other.py").write_text("")
    with (project.root / "settings.py").open("a") as file:
        file.write(
            "TORTOISE_ORM['apps'] = {name: {'models': ['shop'], 'default_connection': 'default'} for name in 'ab'}\n"
        )
        file.write("TORTOISE_ORM['apps']['models'] = TORTOISE_ORM['apps'].pop('a')\n")
    assert "Add 'aerich.models' to the models" in await refusal(project)


async def test_a_database_that_is_ahead(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    rows = [AppliedRow(1, files(project)[0], "models"), AppliedRow(2, "7_20300101000000_later.py", "models")]
    (said,) = refusals(project, merge(read_files(project), rows, "models"))
    assert said.startswith("The database is ahead of this code: it has 7_20300101000000_later.py.")
    assert refusals(project, merge(read_files(project), rows[:1], "models")) == ()
    assert "read-only" in refusals(project, read_only=True)[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../evil", "Try evil."),
        ("a b", "Try a_b."),
        ("", "needs a name"),
        ("x" * 300, "has 300 characters"),
        ("\x1b[31m", "Try 31m."),
        ("ä", "letters, digits and underscores"),
    ],
)
def test_names_that_cannot_be(name: str, says: str) -> None:
    fault = name_fault(name)
    assert says in fault
    assert "\x1b" not in fault


def test_the_next_number_is_behind_everything_that_has_one() -> None:
    assert next_version(["007_a.py", "9_b.py", "x.py"], "c").startswith("10_")
    assert next_version([], "c").endswith("_init.py")
    assert name_fault("add_colour_2") == ""


async def test_a_row_without_a_file_keeps_its_number(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    assert version_of(await begin(project), "x", ("4_on_another_branch.py",)).startswith("5_")


async def test_somebody_made_one_meanwhile(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    making = await try_it(project)
    await make_it(project, name="faster")
    before = files(project)
    with pytest.raises(NotWritten, match=r"_faster.py is the last file now.*Make it again"):
        write_all(making)
    assert files(project) == before


async def test_two_at_once_write_one(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    change(project, AFTER)
    making = await try_it(project)
    second = _renamed(making, "other")
    ended = await asyncio.gather(
        *(asyncio.to_thread(write_all, each) for each in (making, second)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in ended) == ["NotWritten", "tuple"]
    assert len(files(project)) == 2


def _renamed(making: Making, name: str) -> Making:
    part = making.first
    assert part.trial is not None
    trial = replace(part.trial, version=part.trial.version.replace("update", name))
    return Making((replace(part, trial=trial),))


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    project = _folder(tmp_path)
    path = project.folder / "0_init.py"
    path.write_text("mine")
    with pytest.raises(NotWritten, match="last file"):
        write(project, "0_init.py", "yours", None)
    outside = tmp_path / "out"
    outside.mkdir()
    (outside / "1_x.py").write_text("mine")
    from tui.migrate.make.writing import put

    with pytest.raises(NotWritten, match="is there already"):
        put(outside, "1_x.py", "yours")
    assert (outside / "1_x.py").read_text() == "mine"
    assert [entry.name for entry in outside.iterdir()] == ["1_x.py"]


def test_the_mode_is_that_of_the_neighbours(tmp_path: Path) -> None:
    project = _folder(tmp_path)
    first = project.folder / "0_init.py"
    first.write_text("x = 1\n")
    first.chmod(0o640)
    path = write(project, "1_x.py", "text", "0_init.py")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in sorted(project.folder.iterdir())] == ["0_init.py", "1_x.py"]


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """The limit of a process on the size of its files stands in for the disk: the write ends half way."""
    project = _folder(tmp_path)
    program = (
        "import sys\nfrom pathlib import Path\nfrom tui.migrate.make.writing import NotWritten, put\n"
        "try:\n    put(Path(sys.argv[1]), '1_x.py', 'x' * 200_000)\n"
        "except NotWritten as error:\n    print(error.sentence)\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    ended = subprocess.run(
        [sys.executable, "-B", "-c", program, str(project.folder)],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[4],
    )
    assert "1_x.py was not written: File too large." in ended.stdout
    assert list(project.folder.iterdir()) == []


def test_a_folder_that_is_not_there_or_not_ours(tmp_path: Path) -> None:
    project = _folder(tmp_path)
    assert why_not_writable(project) == ""
    assert why_not_writable(replace(project, root=tmp_path / "nowhere")).startswith("You may not write to")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_read_only_folder(tmp_path: Path) -> None:
    project = _folder(tmp_path)
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom tui.migrate.make.writing import NotWritten, put\n"
        "os.setegid(65534); os.seteuid(65534)\n"
        "try:\n    put(Path(sys.argv[1]), '1_x.py', 'x')\nexcept NotWritten as error:\n    print(error.sentence)\n"
    )
    ended = subprocess.run(
        [
            sys.executable,
            "-B",
            "-c",
            program,
            str(project.folder),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[4],
    )
    assert "1_x.py was not written: the folder cannot be written to." in ended.stdout


async def test_our_own_models_make_both_dialects(empty_url: str, tmp_path: Path) -> None:
    project = own_project(parse_url(empty_url))
    both = parts_of(project)
    assert {part.own_url.dialect for part in both if part.own_url} == {"sqlite", "postgres"}
    assert refusals(project) == ()
    making = await begin(project)
    assert (making.refusal, making.has_changes) == ("", False)
    from tui.migrate.make.whole import tried

    empty = await begin(project, empty=True)
    done = await tried(empty, version_of(empty, "by_hand"))
    assert done.is_ok
    paths = put_elsewhere(done, tmp_path / "out")
    assert len({path.name for path in paths}) == 1
    assert {path.parent.name for path in paths} == {"sqlite", "postgres"}


async def test_an_empty_one(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url)
    making = await begin(project, empty=True)
    assert making.has_changes
    done = await try_it_empty(making)
    (path,) = write_all(done)
    assert "-- The statements of this migration" in path.read_text()
    await aerich(project.root, "migrate", "--offline")


async def try_it_empty(making: Making) -> Making:
    from tui.migrate.make.whole import tried

    found = await tried(making, version_of(making, "by_hand"))
    assert found.is_ok
    return found


async def test_the_first_one_of_an_app(tmp_path: Path, empty_url: str) -> None:
    project = await start_shop(tmp_path / "shop", empty_url, ITEM + CHILD)
    for path in project.folder.glob("0_*.py"):
        path.unlink()
    await execute(empty_url, "DROP TABLE line; DROP TABLE item; DROP TABLE aerich")
    path = await make_first(project)
    assert path.name.startswith("0_")
    assert path.name.endswith("_init.py")
    await aerich(project.root, "upgrade")
    assert "No changes detected" in await aerich(project.root, "migrate")


async def make_first(project: Project) -> Path:
    making = await try_it(project)
    trial = making.first.trial
    assert trial is not None
    assert trial.is_ok
    assert trial.differences == ()
    return write_all(making)[0]


def _folder(root: Path) -> Project:
    folder = root / "migrations" / "models"
    folder.mkdir(parents=True)
    return Project("shop", root, "migrations", "settings.X", ".", "models", apps=("models",))
