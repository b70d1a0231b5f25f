"""What is shown once, what is typed where the password is asked for again, and what the person's editor gets."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from models import StepUp
from tests.e2e.bench import make_bench, within
from tests.e2e.conftest import Peopled
from tests.e2e.program import crashed, press_until, press_until_gone, wait_for_rows
from tests.e2e.terminal import Terminal
from tests.e2e.traces import found_in, process_texts
from tests.tui.migrate.projects import init_sql, make_project, migration

COPIED = re.compile(rb"\x1b\]52;c;([^\x07]*)\x07")
QR = re.compile("[▀▄█ ]*[▀▄][▀▄█ ]{12,}")
SHOWN = "Shown once: your new authenticator"
KEY = "1: c4nary-of-the-authenticators-" + "x" * 30
ALTERNATE = b"\x1b[?1049h"
AMBIENT = "c4nary-ambient-Pw"


@pytest.mark.sqlite_only
def test_a_wrong_proof_the_secret_of_an_authenticator_and_the_editor(
    peopled: Peopled, empty_url: str, tmp_path: Path
) -> None:
    bench = make_bench(peopled, tmp_path / "bench")
    before = bench.hashes()
    files = {"0_20260101000000_init.py": migration(init_sql("sqlite")), "1_20260102000000_more.py": migration("")}
    project = make_project(tmp_path / "shop", empty_url, files)
    spy = tmp_path / "spy"
    spy.write_text(
        '#!/bin/sh\n{ env; echo "$0 $*"; tr "\\0" " " < /proc/$PPID/cmdline; } > "$0.part"; mv "$0.part" "$0.seen"\n'
    )
    spy.chmod(0o700)
    within(peopled, _ask_for_proofs)
    held = {"HOME": str(tmp_path), "SHELLBACK_MFA_KEY": KEY, "PGPASSWORD": AMBIENT}
    argv = ("--project", str(project.root))
    held |= dict.fromkeys(("VISUAL", "EDITOR", "PAGER", "BROWSER"), str(spy))
    with bench.program(*argv, signed_in=True, **held) as terminal:
        wait_for_rows(terminal)
        wrong = "a wrong canary of a proof"
        press_until(terminal, "X", "Export users")
        press_until(terminal, "ctrl+s", "for this only")
        press_until(terminal, "x", " •")  # keys count from now on
        press_until_gone(terminal, "ctrl+u", " •")
        terminal.write(f"\x1b[200~{wrong}\x1b[201~")
        terminal.wait_for("•" * len(wrong))
        press_until(terminal, "enter", "This is not your password.")
        press_until_gone(terminal, "escape", "Export users")

        secret = _shown_once(terminal, peopled.password)
        press_until(terminal, "3", "Run it  y")
        press_until(terminal, "y", "2 pending")
        terminal.press("e")
        terminal.wait_until(lambda _: Path(f"{spy}.seen").exists(), "the editor was there")
        terminal.wait_until(lambda _: terminal.raw.count(ALTERNATE) > 1, "the program has the terminal again")
        secrets = [wrong, secret, secret.replace(" ", ""), peopled.password]
        assert found_in(process_texts(terminal.pid), [one for one in secrets if one]) == []
        terminal.press("ctrl+q")
        assert terminal.wait_exit(seconds=10) == 0, crashed(terminal)
        # All of it was on the screen that a terminal throws away, and not where one can scroll back to.
        begins, ends = terminal.raw.index(ALTERNATE), terminal.raw.rindex(b"\x1b[?1049l")
        assert found_in(terminal.raw[:begins] + terminal.raw[ends:], secrets) == []
        assert found_in(terminal.raw, [wrong, peopled.password]) == []
    seen = Path(f"{spy}.seen").read_bytes()
    assert b"PATH=" in seen
    assert b"tests.e2e.loud" in seen, "the spy sees the command line of who started it"
    assert found_in(seen, [*secrets, peopled.token, KEY.partition(": ")[2], AMBIENT]) == []
    bench.check_silence(secrets, before | bench.hashes())


async def _ask_for_proofs() -> None:
    async with in_transaction():
        await StepUp.all().delete()


def _shown_once(terminal: Terminal, password: str) -> str:
    """Enrols an authenticator, looks at it and copies it; returns its text. Nothing of it before, nothing after."""
    press_until(terminal, "M", "Session")
    press_until(terminal, "a", "Its name, for the list")
    press_until(terminal, "ctrl+y", "Sent the command line")  # keys count from now on
    copies = len(COPIED.findall(terminal.raw))
    terminal.write(f"telephone\t\x1b[200~{password}\x1b[201~")
    terminal.wait_for("•" * len(password))
    terminal.press("ctrl+s")
    masked = terminal.wait_for(SHOWN)
    assert not QR.search(masked)
    begun = len(terminal.raw)
    code = QR.findall(press_until(terminal, "r", QR))
    assert len(COPIED.findall(terminal.raw)) == copies, "nothing is copied that nobody asked for"
    press_until(terminal, "c", "clipboard")
    terminal.wait_until(lambda _: len(COPIED.findall(terminal.raw)) > copies, "it was copied")
    secret = base64.b64decode(COPIED.findall(terminal.raw)[copies]).decode()
    assert len(secret.replace(" ", "")) >= 32
    assert found_in(terminal.raw[:begun], [secret, secret.replace(" ", "")]) == []
    press_until_gone(terminal, "escape", SHOWN)
    closed = len(terminal.raw)
    press_until(terminal, "escape", "120 users")
    after = terminal.raw[closed:]
    assert found_in(after, [secret, secret.replace(" ", "")]) == []
    rows = max(code, key=len).strip(" ")
    assert rows in terminal.raw[begun:closed].decode(errors="replace")
    assert rows not in after.decode(errors="replace")
    return secret
