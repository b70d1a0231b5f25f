"""Three people apply at once. Aerich has no lock and no unique key: each of them runs the data migration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from tests.tui.migrate.plain.conftest import Copy, MakePair
from tests.tui.migrate.plain.programs import CHECKOUT
from tests.tui.migrate.projects import migration

WAIT_FOR_GO = """import asyncio, os, pathlib
    pathlib.Path(f"arrived-{os.getpid()}").touch()
    while not pathlib.Path("go").exists():
        await asyncio.sleep(0.01)"""


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = monotonic() + 60
    while not is_so():
        assert monotonic() < deadline, what


def arrived(copy: Copy) -> int:
    return len(list(copy.root.glob("arrived-*")))


def start(directory: Path, *argv: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *argv],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def test_it_runs_once(pair: MakePair) -> None:
    found = pair(f1_data=migration("INSERT INTO item (name) VALUES ('once')", before=WAIT_FOR_GO))

    theirs = [start(found.plain.root, "aerich", "upgrade") for _ in range(3)]
    wait_until(lambda: arrived(found.plain) == 3, "all three of Aerich's are in the migration")
    (found.plain.root / "go").touch()
    assert [process.communicate()[0].count("Success") for process in theirs] == [1, 1, 1]
    assert await found.plain.names() == ["once"] * 3
    assert (await found.plain.applied()).count("1_data.py") == 3

    argv = ("tui", "migrate", "apply", "--project", str(found.ours.root), "--trust", "--yes")
    first = start(CHECKOUT, *argv)
    wait_until(lambda: arrived(found.ours) == 1, "the first of ours is in the migration")
    for _ in range(2):
        refused = found.ours.shellback("apply", "--yes", "--wait", "0")
        assert refused.code == 5, refused.text
        assert "pid" in refused.err or "another process is writing" in refused.err
    (found.ours.root / "go").touch()
    assert (first.communicate()[0], first.returncode)[1] == 0
    assert await found.ours.names() == ["once"]
    assert arrived(found.ours) == 1
    assert found.ours.shellback("status").code == 0
