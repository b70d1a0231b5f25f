"""The ways out of a terminal: its clipboard, what Textual records, and what a selection with the mouse copies."""

from __future__ import annotations

import base64
import re
import signal
import socket
from pathlib import Path

import pytest

from tests.e2e.bench import make_bench
from tests.e2e.conftest import Peopled
from tests.e2e.program import name_under_cursor, press_until, press_until_gone, wait_for_rows
from tests.e2e.terminal import Terminal

PASSWORD = re.compile(r"(?:[a-z2-9]{5}-){3}[a-z2-9]{5}")
COPY = b"\x1b]52;c;"
OVERWRITTEN = COPY + base64.b64encode(b" ") + b"\x07"


@pytest.mark.sqlite_only
def test_a_copied_secret_is_taken_back_and_nothing_else_copies_or_records_it(peopled: Peopled, tmp_path: Path) -> None:
    bench = make_bench(peopled, tmp_path / "bench")
    with socket.create_server(("127.0.0.1", 0)) as console:  # where `textual console` would listen
        console.setblocking(False)
        with bench.program(
            TEXTUAL_DEVTOOLS_PORT=str(console.getsockname()[1]),
            TEXTUAL_SCREENSHOT="1",
            PYTHONDEVMODE="1",
            PYTHONASYNCIODEBUG="1",
            LOUD_KEPT_SECONDS="1",
        ) as terminal:
            name = name_under_cursor(wait_for_rows(terminal))
            terminal.press("p")
            terminal.wait_until(lambda text: "Reset password" in text and f"{name}   #" in text, "whose password")
            press_until(terminal, "ctrl+s", "r reveals")
            secret = PASSWORD.findall(press_until(terminal, "r", PASSWORD))[0]
            _select(terminal, secret)
            terminal.press("ctrl+c")
            # Keys are taken in their order: once this one is answered, that one was.
            press_until_gone(terminal, "r", secret)
            assert COPY not in terminal.raw, "what is selected of a secret is not copied"

            press_until(terminal, "c", "Sent the password to the terminal's clipboard")
            assert terminal.raw.count(COPY + base64.b64encode(secret.encode()) + b"\x07") >= 1
            # By itself, with the dialog still open.
            terminal.wait_until(lambda _: OVERWRITTEN in terminal.raw, "the clipboard overwritten", seconds=10)

            press_until(terminal, "c", "clipboard")
            copied = COPY + base64.b64encode(secret.encode()) + b"\x07"
            terminal.wait_until(lambda _: terminal.raw.rfind(copied) > terminal.raw.find(OVERWRITTEN), "a second copy")
            terminal.signal(signal.SIGTERM)
            assert terminal.wait_exit(seconds=10) == 143
            assert terminal.raw.rfind(OVERWRITTEN) > terminal.raw.rfind(copied), "also by who is told to end"
        with pytest.raises(BlockingIOError):
            console.accept()
    bench.check_silence([secret], bench.hashes())


def _select(terminal: Terminal, text: str) -> None:
    """Drags the mouse over a text on the screen."""
    rows = terminal.text().split("\n")
    row = next(number for number, line in enumerate(rows, 1) if text in line)
    begin = rows[row - 1].index(text) + 1
    terminal.write(f"\x1b[<0;{begin};{row}M")
    for column in range(begin, begin + len(text) + 1, 4):
        terminal.write(f"\x1b[<32;{column};{row}M")
    terminal.write(f"\x1b[<0;{begin + len(text)};{row}m")
