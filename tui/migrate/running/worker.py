"""The worker process seen from outside: started, spoken to, cancelled, and never left behind.

    async with start_worker(project, {"job": "inspect"}) as worker:
        async for event in worker.events():
            ...

Events come on a pipe of their own; what the project prints is kept as a bounded tail. The order, with the database's
URL in it, goes through stdin: arguments can be read by everybody on the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tui.migrate.running.events import Event, Finished, as_event
from tui.migrate.source.consent import has_consent, question
from tui.migrate.source.project import Project, ProjectError
from tui.sanitise import sanitise_block, without_passwords
from tui.settings.children import environment_of_workers

if TYPE_CHECKING:
    from tui.migrate.running.ahead import Ahead
    from tui.settings import DatabaseUrl

MAIN: Final = Path(__file__).parents[1] / "process" / "main.py"
GRACE_SECONDS: Final = 3.0
"""How long a worker that was told to stop may take before it is killed: a COMMIT on its way is waited for."""
LONGEST_EVENT: Final = 16 * 1024 * 1024
CHUNK: Final = 16 * 1024
"""Bytes of events that are taken in at once: some hundred, which keep nobody else waiting."""
TAIL: Final = 16 * 1024
"""Bytes of the project's own output that are kept."""
_POLL_S: Final = 0.1
_STEP_S: Final = 0.01
_LAST_OUTPUT_S: Final = 1.0


class Worker:
    """A running worker process, in a process group of its own. Made by `start_worker`."""

    def __init__(self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader) -> None:
        self._process = process
        self._reader = reader
        self._tail = b""
        self._begun = b""
        self._listening = asyncio.create_task(self._listen(), name="output of the migration worker")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended, also where the loop was not told of it yet."""
        if self._process.returncode is not None or not hasattr(os, "waitid"):  # macOS has none before Python 3.13
            return self._process.returncode is not None
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    @property
    def output(self) -> str:
        """The last of what the project printed to stdout and stderr, safe to show: a URL without its password."""
        return sanitise_block(without_passwords(self._tail.decode("utf-8", "replace"))).strip("\n")

    @property
    def end(self) -> str:
        """How the process ended, in words; empty while it runs or when it ended well."""
        code = self._process.returncode
        if not code:
            return ""
        if code > 0:
            return f"it ended with status {code}"
        try:
            return f"it was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"it was ended by signal {-code}"

    async def events(self) -> AsyncIterator[Event]:
        """Each event as it comes, up to `Finished`; without that one, the process died. Cancelling is safe."""
        while lines := await self._lines():
            for line in lines:
                try:
                    event = as_event(json.loads(line))
                except (ValueError, TypeError, KeyError):
                    # Half a line: the process was killed while it wrote.
                    return
                yield event
                if isinstance(event, Finished):
                    return

    async def cancel(self) -> None:
        """Asks it to stop; it rolls back, and still says `Finished`."""
        await self._write(b"cancel\n")

    async def end_backend(self, pid: int, how: str) -> None:
        """Asks it to "cancel" the statement or "terminate" the session of a blocker it told; it says `Answered`."""
        await self.send({"end_backend": how, "pid": pid})

    async def send(self, order: Mapping[str, Any]) -> None:
        """Sends one line: an order, or a word on the job that runs."""
        await self._write(json.dumps(order).encode("ascii") + b"\n")

    def kill(self) -> None:
        """Ends the process, and what it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _write(self, line: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(ConnectionError):
            stdin.write(line)
            await stdin.drain()

    async def _lines(self) -> list[bytes]:
        """What came since, in whole lines: a run of some hundred files tells a thousand things a second. Empty once
        the process is gone."""
        begun: list[bytes] = [self._begun]
        while chunk := await self._chunk():
            begun.append(chunk)
            if b"\n" in chunk:
                *lines, self._begun = b"".join(begun).split(b"\n")
                return lines
            if sum(map(len, begun)) > LONGEST_EVENT:  # none of ours
                return []
        rest, self._begun = b"".join(begun), b""
        return [rest] if rest else []

    async def _chunk(self) -> bytes:
        """What comes next; empty once the process is gone, even if a child of it keeps the pipe open."""
        reading = asyncio.ensure_future(self._reader.read(CHUNK))
        try:
            while not reading.done():
                await asyncio.wait({reading}, timeout=_POLL_S)
                if self._process.returncode is not None:
                    await asyncio.wait({reading}, timeout=_POLL_S)
                    break
            return reading.result() if reading.done() else b""
        finally:
            reading.cancel()

    async def _listen(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        while data := await stdout.read(4096):
            self._tail = (self._tail + data)[-TAIL:]

    async def close(self) -> None:
        """Ends the process and what it started, within GRACE_SECONDS; at once when this is cancelled, as it is where
        the application ends meanwhile. Nothing is left behind either way."""
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            # Not `process.wait()` at first: that also waits for children of the project that keep its output open.
            for _ in range(round(GRACE_SECONDS / _STEP_S)):
                if process.returncode is not None:
                    break
                await asyncio.sleep(_STEP_S)
        finally:
            await self.end_now()

    async def end_now(self) -> None:
        """The same without a grace; nothing where that is done already."""
        process = self._process
        if process._transport.is_closing():  # type: ignore[attr-defined]
            return
        # The group, and not the process alone: the project may have started some of its own.
        self.kill()
        try:
            await asyncio.wait({self._listening}, timeout=_LAST_OUTPUT_S)
        finally:
            # Also where one more cancel comes, of a loop that ends meanwhile. A daemon of the project's that left the
            # group may hold the output open: nobody waits for it.
            self._listening.cancel()
            process._transport.close()  # type: ignore[attr-defined]
            await process.wait()


@contextlib.asynccontextmanager
async def start_worker(
    project: Project, order: Mapping[str, Any], *, ahead: Ahead | None = None
) -> AsyncIterator[Worker]:
    """Starts a worker with an order (`job`, and what it needs). Leaving the block ends it, whatever it was doing.

    `ahead` may have one that waits for this job. Raises `ProjectError` without the person's consent, and OSError when
    no process can be started.
    """
    require_consent(project)
    waiting = ahead.take(project, str(order["job"])) if ahead is not None else None
    async with waiting or running(project) as worker:
        await worker.send(as_order(project, order))
        yield worker


def require_consent(project: Project) -> None:
    """Raises `ProjectError` where the person has not agreed that the project's Python runs here."""
    if not has_consent(project):
        raise ProjectError(f"{question(project)}. Agree to that first.")


@contextlib.asynccontextmanager
async def running(project: Project) -> AsyncIterator[Worker]:
    """A worker process in the project's directory, with no order yet. Leaving the block ends it."""
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(MAIN),
            str(writing),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=project.root,
            env=_environment(),
            pass_fds=(writing,),
            # A ctrl+c in the terminal is ours to understand, not the worker's to die of.
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    reader = asyncio.StreamReader()
    worker = Worker(process, reader)
    transport: asyncio.BaseTransport | None = None
    pipe = os.fdopen(reading, "rb", 0)
    try:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        yield worker
    finally:
        closing = asyncio.create_task(worker.close(), name="end of the migration worker")
        try:
            await _see_to_its_end(closing)
        finally:
            # A loop that ends may cancel that before its first step.
            await worker.end_now()
            if transport is not None:
                transport.close()
            pipe.close()


async def _see_to_its_end(closing: asyncio.Task[None]) -> None:
    """Waits for the end of a process also when the waiting itself is cancelled, and passes that on afterwards."""
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        # The loop may be about to end: nobody would be there to reap it later.
        if not closing.cancelling():
            closing.cancel()
        await asyncio.wait({closing})
        raise


def _environment() -> dict[str, str]:
    environment = environment_of_workers()
    # Aerich guesses by the order of sets; output must be there when the process is killed.
    return environment | {"PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}


def as_order(project: Project, order: Mapping[str, Any]) -> dict[str, Any]:
    """An order with what every worker has to know of its project."""
    whole = {
        "app": project.app,
        "location": project.location,
        "src": project.src_folder,
        "tortoise_orm": project.tortoise_orm,
        **order,
    }
    if project.own_url is not None:
        whole["own"] = _database(project.own_url)
    return whole


def _database(url: DatabaseUrl) -> dict[str, Any]:
    # A relative path would mean another file where the worker runs.
    text = f"sqlite://{quote(str(url.path))}" if url.path is not None else url.text
    return {"url": text, "insecure_tls": url.insecure_tls, "password_command": url.password_command}
