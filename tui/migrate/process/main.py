"""Started by its path, with a descriptor to write events to: one job from stdin, then words on it until it is over."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_PACKAGE = "_shellback_worker"
_ALONE_S = 5.0
"""How long a job may take to end once nobody listens any more."""
_PR_SET_DUMPABLE = 4
"""Of Linux's <sys/prctl.h>."""


def _import_ourselves() -> None:
    """Makes the folder of this file importable under a name that no project has, and by no other."""
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != _HERE]
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, _HERE / "__init__.py", submodule_search_locations=[str(_HERE)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = module
    spec.loader.exec_module(module)


def _make_importable(order: dict[str, Any], hiding: Any) -> None:
    """What the project may import: what it sees as the aerich command run in its directory, and nothing of ours."""
    root = str(_HERE.parents[2])
    if order.get("own"):
        sys.path.insert(0, root)
    else:
        hiding.stay_out_of_the_way(root)
        # The current directory is importable too.
        sys.path.insert(0, str(Path.cwd()))


async def _serve(descriptor: int) -> None:
    channel_module = importlib.import_module(f"{_PACKAGE}.channel")
    job_module = importlib.import_module(f"{_PACKAGE}.job")
    hiding = importlib.import_module(f"{_PACKAGE}.hiding")
    channel = channel_module.Channel(descriptor)
    lines = await channel_module.read_lines()
    order: dict[str, Any] = json.loads(await lines.readline())
    _make_importable(order, hiding)
    if order.get("ahead"):
        job_module.import_ahead(order["job"])
        line = await lines.readline()
        if not line:  # nobody wants it any more
            return
        order = json.loads(line)
    job = job_module.Job(order, channel.emit)
    running = asyncio.create_task(job.run())

    async def listen() -> None:
        while (line := await lines.readline()) not in (b"", b"cancel\n"):
            await job.hear(json.loads(line))
        await job.cancel()
        while line:
            line = await lines.readline()
        # Whoever started us is gone, and nobody else ends what does not heed a cancel. The server, or SQLite's journal,
        # takes back what was not committed.
        await job.cancel()
        asyncio.get_running_loop().call_later(_ALONE_S, os._exit, 1)

    listening = asyncio.create_task(listen())
    await running
    listening.cancel()


def _keep_memory_private() -> None:
    """As Shellback itself, and again: a started program is as open as any. The order has the database's URL in it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def main() -> None:
    """Runs the job and leaves at once: threads that the project started do not keep the process."""
    _keep_memory_private()
    _import_ourselves()
    asyncio.run(_serve(int(sys.argv[1])))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
