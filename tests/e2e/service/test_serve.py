"""What `make service` runs: on a database of its own it prints a way in that works."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.e2e.service.running import EXAMPLES, LISTENS

WAY_IN = re.compile(r"curl -d username=(\S+) -d password=(\S+)")
PLACE = re.compile(r"shellback --url sqlite://(\S+)")


def test_the_demo_service_lets_in_whom_it_names_and_leaves_nothing() -> None:
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "service" / "serve.py"), "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if LISTENS.search(line):
                break
        way_in, place, listens = (pattern.search(printed) for pattern in (WAY_IN, PLACE, LISTENS))
        assert way_in is not None, printed
        assert place is not None, printed
        assert listens is not None, printed
        form = {"username": way_in[1], "password": way_in[2]}
        assert httpx.post(f"http://127.0.0.1:{listens[1]}/token", data=form).status_code == 200
        assert Path(place[1]).exists()
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as ctrl+c does
        printed += process.stdout.read()
        process.stdout.close()
        process.wait(timeout=30)
    assert process.returncode == 0, printed
    assert not Path(place[1]).exists()
    assert "Traceback" not in printed
