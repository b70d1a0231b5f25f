"""What a stranger installs: the wheel, in an empty environment, run from another directory."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

CHECKOUT = Path(__file__).parents[1]


def _run(*argv: str | Path, directory: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(
        argv, cwd=directory, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with nothing in it but Shellback and what it needs."""
    directory = tmp_path_factory.mktemp("wheel")
    before = {path.name for path in CHECKOUT.iterdir()}
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "wheel", "--no-deps", "--wheel-dir", directory, CHECKOUT, directory=directory)
    assert {path.name for path in CHECKOUT.iterdir()} <= before | {".pytest_cache"}
    _run(sys.executable, "-m", "venv", "--without-pip", directory / "venv", directory=directory)
    (wheel,) = directory.glob("shellback-*.whl")
    binaries = directory / "venv" / "bin"
    # Python compiles what it imports, which is a third of what there is to compile.
    install = (*pip, "--python", binaries / "python", "install", "--no-compile")
    _run(*install, "--constraint", CHECKOUT / "constraints.txt", wheel, directory=directory)
    return binaries


def test_the_command_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    assert re.fullmatch(r"shellback \d+\.\d+\.\d+\n", _run(installed / "shellback", "--version", directory=tmp_path))
    where = _run(
        installed / "python", "-c", "import tui, models; print(tui.__file__, models.__file__)", directory=tmp_path
    )
    assert where.count("site-packages") == 2


def test_it_makes_a_database(installed: Path, tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/new.sqlite3"
    _run(installed / "shellback", "init", "--url", url, "--create", "--yes", directory=tmp_path)
    assert "applied" in _run(installed / "shellback", "migrate", "status", "--url", url, directory=tmp_path)


def test_the_demo_opens_anywhere(installed: Path, tmp_path: Path) -> None:
    with Terminal([str(installed / "shellback"), "--demo", "--users", "200"], directory=tmp_path) as terminal:
        terminal.wait_until(
            lambda screen: len(re.findall(r"\d+ +\S+ .*(?:active|INACTIVE|LOCKED|must change)", screen)) > 5,
            "rows of users",
            seconds=60,
        )
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert [*tmp_path.iterdir()] == [path for path in tmp_path.iterdir() if path.name == "home"]
