"""The two ends of the conversation: a job and words on it come in on stdin, events go out on a descriptor of their own.

The project's own prints go to stdout and stderr, which are somebody else's: they cannot garble an event.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

Emit = Callable[..., None]


class Channel:
    """Writes events, one JSON object a line. Writing never blocks for long: the other end reads all the time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.open = True

    def emit(self, event: str, **values: Any) -> None:
        """Sends one event. When nobody listens any more, that is not an error of the migration."""
        line = json.dumps({"event": event, **values}, default=str, ensure_ascii=True) + "\n"
        data = line.encode("ascii")
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self.open = False


async def read_lines() -> asyncio.StreamReader:
    """Stdin as lines, without a thread that would outlive the loop."""
    reader = asyncio.StreamReader(limit=16 * 1024 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
