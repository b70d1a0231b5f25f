"""What a migration file says of itself, read as text."""

import hashlib
import pkgutil
from pathlib import Path

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.listing import preview
from tui.migrate.source.files import MigrationFile, read_files
from tui.migrate.source.project import Project
from tui.migrate.wording import numbers

URL = "sqlite:///nowhere/none.sqlite3"


def project_of(root: Path, **files: str) -> Project:
    return make_project(root, URL, {f"{name.lstrip('f')}.py": text for name, text in files.items()}, consent=False)


def read_one(root: Path, text: str) -> MigrationFile:
    (file,) = read_files(project_of(root / "one", f1_one=text))
    return file


def test_a_file_as_aerich_writes_it(tmp_path: Path) -> None:
    text = migration('\n        ALTER TABLE "item" ADD "n" INT;', "DROP TABLE x", transaction=False)
    (file,) = read_files(project_of(tmp_path, f12_20260101120000_add_n=text))
    assert (file.version, file.number, file.name) == ("12_20260101120000_add_n.py", 12, "add_n")
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (file.transactional, file.dynamic, file.irreversible, file.unreadable) == (False, False, False, None)
    assert file.up.sql == '\n        ALTER TABLE "item" ADD "n" INT;'
    place = file.place("up", file.up.sql.index("ADD"))
    assert place is not None
    assert (place.line, place.column) == (8, 27)
    assert text.split("\n")[7][27:30] == "ADD"


def test_order_and_numbers_are_aerichs(tmp_path: Path) -> None:
    names = ["10_b.py", "2_a.py", "1_z.py", "01_y.py", "003_x.py", "2_B.py", "update.py", "x_1.py", "7.py"]
    project = make_project(tmp_path, URL, dict.fromkeys(names, migration("SELECT 1")), consent=False)
    (project.folder / "3_old.sql").write_text("-- upgrade")
    (project.folder / "README.md").write_text("no migration")
    (project.folder / "__init__.py").write_text("")
    files = read_files(project)
    taken = [module for module in pkgutil.iter_modules([str(project.folder)]) if "_" in module.name]
    by_aerich = sorted(
        (module for module in taken if module.name.split("_")[0].isdigit()), key=lambda m: int(m.name.split("_")[0])
    )
    assert [file.version for file in files if file.number is not None] == [f"{each.name}.py" for each in by_aerich]
    assert {file.version for file in files if file.ignored} == {"update.py", "x_1.py", "7.py", "3_old.sql"}
    old = next(file for file in files if file.version == "3_old.sql")
    assert "before 0.6" in old.ignored


DYNAMIC = {
    "a call": "async def upgrade(db):\n    await db.execute_script('x')\n    return 'SELECT 1'\n",
    "a substitution": "async def upgrade(db):\n    return f'{db}'\n",
    "a condition": "async def upgrade(db):\n    if db:\n        return 'a'\n    return 'b'\n",
    "an import of it": "from elsewhere import upgrade\n",
    "a call on import": "print('hello')\nasync def upgrade(db):\n    return 'SELECT 1'\n",
    "a computed transaction": "RUN_IN_TRANSACTION = bool(1)\nasync def upgrade(db):\n    return 'SELECT 1'\n",
    "a decorator": "import x\n@x.y\nasync def upgrade(db):\n    return 'SELECT 1'\n",
    "another function under its name": (
        "async def upgrade(db):\n    return 'SELECT 1'\nasync def other(db):\n    return 'SELECT 2'\nupgrade = other\n"
    ),
    "an import over it": "async def upgrade(db):\n    return 'SELECT 1'\nfrom elsewhere import other as upgrade\n",
    "an import of everything": "async def upgrade(db):\n    return 'SELECT 1'\nfrom elsewhere import *\n",
    "a transaction in a pair": ("RUN_IN_TRANSACTION, x = False, 1\nasync def upgrade(db):\n    return 'SELECT 1'\n"),
    "a program that takes back": (
        "async def upgrade(db):\n    return 'SELECT 1'\nasync def downgrade(db):\n    return db.sql()\n"
    ),
}


@pytest.mark.parametrize("text", DYNAMIC.values(), ids=DYNAMIC)
def test_what_only_running_tells_is_dynamic(tmp_path: Path, text: str) -> None:
    file = read_one(tmp_path, text)
    assert file.unreadable is None
    assert file.dynamic


STATIC = {
    "constant": "async def upgrade(db):\n    'doc'\n    return 'SELECT 1'\n",
    "sum": "async def upgrade(db):\n    return 'SELECT' + ' 1'\n",
    "f-string": "async def upgrade(db):\n    return f'SELECT 1'\n",
    "name": "SQL = 'SELECT 1'\nasync def upgrade(db):\n    return SQL\n",
    "latin-1": "# -*- coding: latin-1 -*-\n# \xe9\nasync def upgrade(db):\n    return 'SELECT 1'\n",
}


@pytest.mark.parametrize("text", STATIC.values(), ids=STATIC)
def test_a_constant_is_read(tmp_path: Path, text: str) -> None:
    project = project_of(tmp_path / "one", f1_one="")
    (project.folder / "1_one.py").write_bytes(text.encode("latin-1"))
    (file,) = read_files(project)
    assert file.unreadable is None
    assert not file.dynamic
    assert file.up.sql == "SELECT 1"


def test_a_program_that_ends_in_a_constant_shows_it(tmp_path: Path) -> None:
    file = read_one(tmp_path, migration("SELECT 2", before="await db.execute_query('SELECT 1')"))
    assert file.dynamic
    assert file.up.sql == "SELECT 2"


@pytest.mark.parametrize("down", ["", "  \n ", "-- nothing can be done\n", "/* no */ ;"])
def test_an_empty_downgrade_cannot_take_back(tmp_path: Path, down: str) -> None:
    assert read_one(tmp_path, migration("SELECT 1", down)).irreversible


def test_a_missing_downgrade_cannot_take_back(tmp_path: Path) -> None:
    assert read_one(tmp_path, "async def upgrade(db):\n    return 'SELECT 1'\n").irreversible


UNREADABLE = {
    "syntax": (b"x = 1\nasync def upgrade(db:\n    return ''\n", 2),
    "no upgrade": (b"async def downgrade(db):\n    return ''\n", None),
    "not async": (b"x = 1\n\ndef upgrade(db):\n    return ''\n", 3),
    "not text": (b"\xff\xfe\x00", None),
    "NUL": (b"x = 1\n# \x00\n", 2),
    "unknown encoding": (b"# -*- coding: klingon -*-\n", None),
    "too deep": (b"x = " + b"(" * 2000 + b")" * 2000, None),
}


@pytest.mark.parametrize(("data", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_broken_file_says_where(tmp_path: Path, data: bytes, line: int | None) -> None:
    project = project_of(tmp_path / "one", f1_one="")
    (project.folder / "1_one.py").write_bytes(data)
    (file,) = read_files(project)
    assert file.unreadable is not None
    if line is not None:
        assert file.unreadable.line == line


def test_a_folder_that_aerich_would_run_is_no_file(tmp_path: Path) -> None:
    project = project_of(tmp_path, f1_one=migration("SELECT 1"))
    (project.folder / "2_two").mkdir()
    (project.folder / "2_two" / "__init__.py").write_text("")
    assert [file.version for file in read_files(project) if file.unreadable] == ["2_two.py"]


def test_an_unknown_escape_warns_nobody(tmp_path: Path) -> None:
    assert read_one(tmp_path, "async def upgrade(db):\n    return '\\d'\n").up.sql == "\\d"


@pytest.mark.parametrize(
    ("values", "text"),
    [((), ""), ((3,), "3"), ((0, 1), "0 and 1"), ((0, 1, 2, 5), "0 to 2 and 5"), ((1, 3, 4, 9), "1, 3, 4 and 9")],
)
def test_numbers_are_drawn_together(values: tuple[int, ...], text: str) -> None:
    assert numbers(values) == text


def test_lines_of_the_preview_are_those_of_the_file(tmp_path: Path) -> None:
    """Aerich writes the values of an enumeration as a comment with escaped line feeds."""
    sql = "CREATE TABLE t (\n  a INT /* A: 0\\nB: 1 */,\n  b INT\n);\nSELECT 1;"
    file = read_one(tmp_path, f'async def upgrade(db):\n    return """{sql}"""\n')
    first, second = preview(file, "up", "postgres")
    assert (first.line, first.lines) == (2, (2, 3, 3, 4, 5))
    assert (second.line, second.lines) == (6, ())
