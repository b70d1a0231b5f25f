"""`TEXTUAL_LOG`, with which Textual writes down every key: it does so of a bare app, and not of a hardened process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TYPING = """
import asyncio
from textual.app import App
from textual.widgets import Input

class Asking(App):
    def compose(self):
        yield Input(password=True)

async def main():
    async with Asking().run_test() as pilot:
        await pilot.press(*"c4nary")

asyncio.run(main())
"""
HARDENED = "from tui.terminal.process import harden; harden()\n"


@pytest.mark.parametrize(("begin", "recorded"), [("", True), (HARDENED, False)])
def test_keys_are_recorded_of_a_bare_app_and_not_of_ours(begin: str, recorded: bool, tmp_path: Path) -> None:
    log = tmp_path / "textual.log"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TEXTUAL_LOG": str(log),
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_DEBUG": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", begin + TYPING],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    assert all(f"key='{letter}'" in text for letter in "c4nary") is recorded
    assert bool(text) is recorded
