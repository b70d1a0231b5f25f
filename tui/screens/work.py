"""Database work of a screen: off the interface's own task, with a deadline, answered only if still wanted.

A read belongs to its screen and ends with it; a newer read of the same group supersedes an older one. A write belongs
to the application: leaving the screen does not stop it, and quitting is refused until it is settled. Neither ever
touches a widget: the answer is handed to the screen's own queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tui.browse.retries import reading

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import WorkType

    from tui.app import ShellbackApp

R = TypeVar("R")

READ_DEADLINE: Final = 20.0
"""Seconds: a little more than the engine's own command timeout, which normally answers first."""

SLOW_AFTER: Final = 1.0
"""Seconds after which the header says that the database is being waited for."""


def is_there(screen: Screen[Any]) -> bool:
    """Whether the screen still has its widgets. One that was closed loses them before it goes itself."""
    return screen.is_attached and screen.display


class Reads:
    """The reads of one screen: their generations, and whether one has been out for long."""

    def __init__(self, shell: ShellbackApp, screen: Screen[Any], slow: Callable[[bool], None]) -> None:
        self._shell = shell
        self._screen = screen
        self._slow = slow
        self._generations: dict[str, int] = {}
        self._late: set[object] = set()

    @property
    def is_late(self) -> bool:
        """Whether one has been out for so long that the person is told that Esc stops waiting."""
        return bool(self._late)

    def start(
        self,
        work: Callable[[], Awaitable[R]],
        then: Callable[[R], object],
        *,
        group: str,
        deadline: float,
        failed: Callable[[str], object] | None,
    ) -> None:
        """Runs `work()` and hands its result to `then`, or a sentence to `failed` (else a toast says it)."""
        generation = self._generations[group] = self._generations.get(group, 0) + 1

        def wanted() -> bool:
            return self._generations.get(group) == generation and is_there(self._screen)

        def answer(result: R) -> object:
            return then(result) if wanted() else None  # what can be awaited, Textual awaits

        def fail(sentence: str) -> None:
            if wanted():
                (failed or self._shell.warn)(sentence)

        async def run() -> None:
            out, ended = object(), False

            def late() -> None:
                if not ended:  # the timer's message can come after the answer
                    self._late.add(out)
                    self._slow(True)

            timer = self._screen.set_timer(SLOW_AFTER, late)
            try:
                async with asyncio.timeout(deadline):
                    # Opening is not begun again by itself: there the person says when.
                    result = await (work() if self._shell.database is None else reading(work))
            except Exception as error:  # noqa: BLE001 - whatever it is, the interface stays up and says so
                self._screen.call_later(fail, self._shell.trouble(error))
            else:
                self._screen.call_later(answer, result)
            finally:
                ended = True
                timer.stop()
                self._late.discard(out)
                self._slow(self.is_late)

        worker: WorkType[None] = run
        self._screen.run_worker(worker, group=f"read:{group}", exclusive=True, exit_on_error=False)

    def stop_waiting(self) -> bool:
        """Stops all of them if the person was told that they are waited for; whether that was so.

        A quick read behind the screen is nothing to stop: a key that leaves must leave.
        """
        return self.is_late and self.stop()

    def stop(self) -> bool:
        """Stops all of them; whether there was one."""
        running = [
            worker
            for worker in self._screen.workers
            if worker.node is self._screen and worker.group.startswith("read:") and not worker.is_finished
        ]
        for worker in running:
            worker.cancel()
        for group in self._generations:
            self._generations[group] += 1
        return bool(running)


def start_write(
    shell: ShellbackApp,
    screen: Screen[Any],
    label: str,
    work: Callable[[], Awaitable[R]],
    then: Callable[[R], object],
    failed: Callable[[str], object] | None,
) -> bool:
    """Runs one write to its end, whatever happens to the screen; False (with a toast) while another one runs."""
    if shell.busy:
        shell.warn(f"Not yet: {shell.busy[0]} is still running.")
        return False

    # Before the worker's first step, or a second key in the same moment would start it twice.
    held = ExitStack()
    held.enter_context(shell.writing(label))

    async def run() -> None:
        with held:
            try:
                result = await work()
            except Exception as error:  # noqa: BLE001 - as above
                sentence = shell.trouble(error)
                if failed is not None and is_there(screen):
                    screen.call_later(failed, sentence)
                else:
                    shell.warn(sentence)
                return
        if is_there(screen):
            screen.call_later(then, result)
        else:
            shell.notify(getattr(result, "sentence", "") or f"Done: {label}.")

    worker: WorkType[None] = run
    shell.run_worker(worker, group="write", exit_on_error=False)
    return True
