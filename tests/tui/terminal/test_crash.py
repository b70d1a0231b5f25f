"""What dies in a thread leaves an incident, a terminal that hung up does not."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from tui.terminal.crash import install_hooks


def incidents(error: Exception, state: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    def fail() -> None:
        raise error

    monkeypatch.setenv("SHELLBACK_STATE_DIR", str(state))
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(f"sys.{name}", None)
    monkeypatch.setattr("warnings.showwarning", None)
    monkeypatch.setattr("threading.excepthook", None)
    install_hooks()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    return len(list(state.glob("incident-*.txt")))


@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE])
def test_a_terminal_that_hung_up_is_no_incident(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert incidents(OSError(number, "gone"), tmp_path, monkeypatch) == 0


def test_anything_else_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert incidents(OSError(errno.ENOSPC, "full"), tmp_path, monkeypatch) == 1
