"""The program itself in a timed terminal, on a filled database."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bench.places import Place
from bench.terminal import TimedTerminal


@contextmanager
def shellback(place: Place) -> Iterator[TimedTerminal]:
    """Shellback on a database, signed in, with a home of its own."""
    with tempfile.TemporaryDirectory(prefix="shellback-bench-home-") as home:
        variables = {f"SHELLBACK_{kind}_DIR": f"{home}/{kind.lower()}" for kind in ("CONFIG", "STATE", "DATA")}
        variables |= {"SHELLBACK_TOKEN": place.token, "SHELLBACK_DATABASE_URL": place.url}
        with TimedTerminal((sys.executable, "-m", "tui"), environment=variables) as terminal:
            yield terminal
