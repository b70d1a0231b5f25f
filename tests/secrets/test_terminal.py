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
from tests.e2e.program import crashed, first_name, press_until, press_until_gone, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.e2e.traces import found_in

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
            name = first_name(terminal)
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
            terminal.wait_until(lambda _: OVERWRITTEN in terminal.raw, "the clipboard overwritten")

            press_until(terminal, "c", "clipboard")
            copied = COPY + base64.b64encode(secret.encode()) + b"\x07"
            terminal.wait_until(lambda _: terminal.raw.rfind(copied) > terminal.raw.find(OVERWRITTEN), "a second copy")
            terminal.signal(signal.SIGTERM)
            assert terminal.wait_exit(seconds=10) == 143, crashed(terminal)
            assert terminal.raw.rfind(OVERWRITTEN) > terminal.raw.rfind(copied), "also by who is told to end"
        with pytest.raises(BlockingIOError):
            console.accept()
    bench.check_silence([secret], bench.hashes())


@pytest.mark.sqlite_only
def test_passwords_that_are_pasted_wherever_one_is_asked_for(peopled: Peopled, tmp_path: Path) -> None:
    """To sign in, to open the lock and to choose one's own; wrong ones, and those of a form that is not sent."""
    bench = make_bench(peopled, tmp_path / "bench")
    before = bench.hashes()
    wrong = ["a wrong canary of a sign-in", "a wrong canary of the lock", "a wrong canary as the present one"]
    own = "seven gentle rivers meet at dusk"
    right = peopled.password
    with bench.program(signed_in=False, PYTHONDEVMODE="1") as terminal:
        terminal.wait_for("Password")
        terminal.write(peopled.username)
        terminal.wait_for(peopled.username)
        terminal.press("enter")
        _paste(terminal, wrong[0], "do not open Shellback")
        _paste(terminal, right, "loaded")
        wait_for_rows(terminal)
        press_until(terminal, "ctrl+l", "Locked. Your place is kept")
        _paste(terminal, wrong[1], "do not open Shellback")
        _paste(terminal, right, "loaded")
        wait_for_rows(terminal)
        press_until(terminal, "M", "Session")
        press_until(terminal, "p", "The same again")
        press_until(terminal, "ctrl+y", "Sent the command line")  # keys count from now on
        terminal.wait_for("passwd")
        terminal.write(f"\x1b[200~{wrong[2]}\x1b[201~\t\x1b[200~{own}\x1b[201~\t\x1b[200~{own}\x1b[201~")
        terminal.wait_until(lambda text: len(re.findall(f"•{{{len(own)}}}", text)) == 3, "all three of them")
        press_until(terminal, "ctrl+s", re.compile("is not right|Type the password you have"))
        press_until_gone(terminal, "escape", "Change your password")
        terminal.press("ctrl+q")
        assert terminal.wait_exit(seconds=10) == 0, crashed(terminal)
        copied = b"".join(base64.b64decode(one) for one in re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", terminal.raw))
        assert b"passwd" in copied
        secrets = [*wrong, right, own]
        assert found_in(terminal.raw + copied, secrets) == []
    bench.check_silence(secrets, before | bench.hashes())


def _paste(terminal: Terminal, text: str, shown: str) -> None:
    """Pastes into the field with the cursor, and sends it once it is there."""
    terminal.write(f"\x1b[200~{text}\x1b[201~")
    terminal.wait_for("•" * len(text))
    terminal.press("enter")
    terminal.wait_for(shown)


def _select(terminal: Terminal, text: str) -> None:
    """Drags the mouse over a text on the screen."""
    rows = terminal.text().split("\n")
    row = next(number for number, line in enumerate(rows, 1) if text in line)
    begin = rows[row - 1].index(text) + 1
    terminal.write(f"\x1b[<0;{begin};{row}M")
    for column in range(begin, begin + len(text) + 1, 4):
        terminal.write(f"\x1b[<32;{column};{row}M")
    terminal.write(f"\x1b[<0;{begin + len(text)};{row}m")
