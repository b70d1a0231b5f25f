"""What is in memory stays there: no core file of the program or of its worker, and no look from outside."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui.migrate.running.worker import MAIN

CANARY = "c4nary-in-memory"
PLAIN = f"import os, sys; kept = {CANARY[:6]!r} + {CANARY[6:]!r}; print('up', flush=True); sys.stdin.read()"
HARDENED = "import sys; from tui.terminal.process import harden; harden(); " + PLAIN
ASKED = "import ctypes, sys; sys.exit(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
"""PR_GET_DUMPABLE."""
PATTERN = Path("/proc/sys/kernel/core_pattern")

needs_core_files = pytest.mark.skipif(
    not PATTERN.exists()
    or PATTERN.read_text()[0] in "|/"
    or resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY,
    reason="core files do not go to the current directory here",
)


def aborted(folder: Path, *argv: str) -> list[bytes]:
    """The core files that SIGABRT leaves of a program that may write some and waits for its input."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, *argv],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONFAULTHANDLER": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_may_write_cores,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGABRT)
        said = process.communicate()[0]
    assert process.returncode == -signal.SIGABRT
    assert CANARY not in said
    return [path.read_bytes() for path in folder.iterdir()]


@needs_core_files
def test_no_core_file_has_a_secret(tmp_path: Path) -> None:
    [core] = aborted(tmp_path / "plain", "-c", PLAIN)
    assert CANARY.encode() in core, "where core files are written, the search finds what is in memory"
    assert aborted(tmp_path / "hardened", "-c", HARDENED) == []
    child = f"{HARDENED.partition('harden(); ')[0]}harden(); import subprocess; "
    child += f"sys.exit(subprocess.run([sys.executable, '-c', {PLAIN!r}]).returncode)"
    assert _child_aborted(tmp_path / "child", child) == []


def _may_write_cores() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _child_aborted(folder: Path, code: str) -> list[Path]:
    """What is left when a child of the hardened program dies of SIGABRT."""
    folder.mkdir()
    body = code.replace("sys.stdin.read()", "os.abort()")
    done = subprocess.run(
        [sys.executable, "-c", body],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        preexec_fn=_may_write_cores,
    )
    assert done.stdout == "up\n", done.stderr
    return list(folder.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says whether a process may be looked into")
def test_a_command_and_the_worker_may_not_be_looked_into(tmp_path: Path) -> None:
    """A pipe in core_pattern is given every core whatever the limit is, and a debugger needs none: both ask this."""
    folder = str(Path(__file__).parents[2])
    for begin, expected in (
        ("", 1),
        ("from tui.terminal.process import harden; harden()", 0),
        (f"import runpy; runpy.run_path({str(MAIN)!r})['_keep_memory_private']()", 0),
    ):
        code = f"import sys; sys.path.insert(0, {folder!r})\n{begin}\n{ASKED}"
        assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == expected, begin


def test_every_command_hardens_its_process_before_anything_else() -> None:
    code = (
        "import sys, tui.terminal.process as process\n"
        "def hardened(): print('hardened'); sys.exit(7)\n"
        "process.harden = hardened\n"
        "import runpy; sys.argv = ['shellback', '--version']\n"
        "runpy.run_module('tui', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "hardened\n"), done.stderr
    scripts = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert 'shellback = "tui.__main__:main"' in scripts
