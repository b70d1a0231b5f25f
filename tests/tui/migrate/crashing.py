"""Runs that are killed: `kill -9` of the worker and of the program that started it, at a stage that a test names."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from tui.migrate.source.project import Project


class Running:
    """A program that applies a project, in processes of its own."""

    def __init__(self, program: asyncio.subprocess.Process) -> None:
        self._program = program

    async def until(self, text: str) -> None:
        """Reads on to the event that contains `text`."""
        assert self._program.stdout is not None
        while text.encode() not in (line := await self._program.stdout.readline()):
            assert line, f"it ended before {text}"

    @property
    def worker(self) -> psutil.Process:
        children = psutil.Process(self._program.pid).children()
        (worker,) = [each for each in children if "main.py" in " ".join(each.cmdline())]
        return worker

    async def kill(self) -> None:
        """Both at once: the worker is stopped first, so that it does not hear of the other's end."""
        worker = self.worker
        worker.suspend()
        self._program.kill()
        worker.kill()
        await asyncio.to_thread(worker.wait, 20)
        # Reads what is left: a full pipe would keep asyncio from telling the end.
        await self._program.communicate()

    async def kill_only_the_program(self) -> None:
        """The worker hears of it, and ends by itself."""
        worker = self.worker
        self._program.kill()
        await self._program.communicate()
        await asyncio.to_thread(worker.wait, 20)


@asynccontextmanager
async def applying(project: Project) -> AsyncIterator[Running]:
    """Applies everything that is pending, elsewhere. Whatever is left at the end is killed."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.tui.migrate.applier", str(project.root), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Running(program)
    finally:
        if program.returncode is None and psutil.pid_exists(program.pid):
            children = psutil.Process(program.pid).children(recursive=True)
            program.kill()
            for child in children:
                child.kill()
            await program.communicate()
