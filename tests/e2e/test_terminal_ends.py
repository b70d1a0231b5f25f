"""How the process ends, in a real terminal: by itself, by signals, by a crash, stuck, without a terminal at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import crashed
from tests.e2e.small_app import SECRET
from tests.e2e.terminal import Terminal, stray_controls

SMALL = ("-m", "tests.e2e.small_app")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def terminal(state: Path) -> Iterator[Terminal]:
    with Terminal.python(*SMALL, environment={"SHELLBACK_STATE_DIR": str(state)}) as started:
        started.wait_for("ready")
        yield started


def test_the_first_paint_has_no_stray_control(terminal: Terminal) -> None:
    terminal.wait_until(lambda screen: "Small" in screen and "PROD" in screen, "the header")
    assert stray_controls(terminal.raw) == []


def test_q_leaves_with_zero_and_a_whole_terminal(terminal: Terminal) -> None:
    terminal.press("tab", "ctrl+q")
    assert terminal.wait_exit() == 0, crashed(terminal)
    assert terminal.modes_left_on() == set()


def test_a_thread_that_stands_still_does_not_keep_the_person(terminal: Terminal) -> None:
    terminal.press("\x1b[17~")
    terminal.wait_for("stuck")
    terminal.press("ctrl+q")
    assert terminal.wait_exit(seconds=5) == 0, crashed(terminal)
    assert terminal.modes_left_on() == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_within_five_seconds_and_restores(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    # Less than the watchdog's patience: it is the orderly way that ends here.
    assert terminal.wait_exit(seconds=3) == 128 + number, crashed(terminal)
    assert terminal.modes_left_on() == set()


def test_a_signal_ends_a_stuck_interface_too(terminal: Terminal, state: Path) -> None:
    terminal.press("\x1bOS")
    terminal.wait_until(lambda _: (state / "hung").exists(), "the interface to hang")
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_exit(seconds=6) == 128 + signal.SIGTERM, crashed(terminal)
    assert terminal.modes_left_on() == set()


def test_a_signal_waits_for_a_running_write(terminal: Terminal, state: Path) -> None:
    terminal.press("f5")
    terminal.wait_for("writing")
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_exit(seconds=6) == 128 + signal.SIGTERM, crashed(terminal)
    assert (state / "written").exists()
    assert terminal.modes_left_on() == set()


def test_quitting_is_refused_while_something_is_written(state: Path) -> None:
    environment = {"SHELLBACK_STATE_DIR": str(state), "SMALL_WRITE_SECONDS": "120"}
    with Terminal.python(*SMALL, environment=environment) as terminal:
        terminal.wait_for("ready")
        terminal.press("f5")
        terminal.wait_for("writing")
        terminal.press("ctrl+q")
        terminal.wait_for("a long write is still running")


def test_closing_the_terminal_ends_the_program(terminal: Terminal) -> None:
    terminal.hang_up()
    assert terminal.wait_exit(seconds=6) == 128 + signal.SIGHUP


@pytest.mark.parametrize("key", ["f2", "f3"])
def test_a_crash_says_where_to_look_and_shows_nothing(terminal: Terminal, state: Path, key: str) -> None:
    terminal.press("\x1bOQ" if key == "f2" else "\x1bOR")
    assert terminal.wait_exit() == 1, crashed(terminal)
    assert b"internal error (RuntimeError)" in terminal.raw.replace(b"\r\n", b"")
    assert SECRET.encode() not in terminal.raw
    assert terminal.modes_left_on() == set()
    (incident,) = state.glob("incident-*.txt")
    assert incident.stat().st_mode & 0o777 == 0o600
    written = incident.read_text()
    assert "small_app.py:" in written
    assert "builtins.RuntimeError" in written
    assert SECRET not in written


def test_a_tiny_terminal_shows_the_environment(state: Path) -> None:
    environment = {"SHELLBACK_STATE_DIR": str(state)}
    with Terminal.python(*SMALL, columns=20, rows=5, environment=environment) as small:
        _says_too_small(small, "20x5")
        small.press("\x1bOQ")  # f2: not heard where nobody can see what it does
        small.resize(80, 24)
        small.wait_for("ready")
        small.resize(59, 14)
        _says_too_small(small, "59x14")
        small.press("ctrl+q")
        assert small.wait_exit() == 0, crashed(small)


def _says_too_small(terminal: Terminal, size: str) -> None:
    """With the environment beside it."""
    terminal.wait_until(
        lambda screen: all(text in screen for text in ("too small", size, "PROD")), f"{size}, too small"
    )


def test_without_a_terminal_it_is_a_usage_error() -> None:
    done = subprocess.run(
        [sys.executable, *SMALL],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=os.environ | {"TERM": "xterm"},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr
