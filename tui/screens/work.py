"""Database work of a screen: off the interface's own task, with a deadline, answered only if still wanted.

A read belongs to its screen and ends with it; a newer read of the same group supersedes an older one. A write belongs
to the application: leaving the screen does not stop it, and quitting is refused until it is settled. Neither ever
touches a widget: the answer is handed to the screen's own queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tui.browse.retries import reading
from tui.terminal.connection import SLOW_AFTER

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import WorkType

    from tui.app import ShellbackApp

R = TypeVar("R")

READ_DEADLINE: Final = 20.0
"""Seconds: a little more than the engine's own command timeout, which normally answers first."""


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
        self._in_vain: dict[str, Callable[[], None]] = {}  # by group: what to read again once the database is back
        self._follows = False

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
        again: bool = False,
    ) -> None:
        """Runs `work()` and hands its result to `then`, or a sentence to `failed` (else a toast says it). With `again`
        it is begun anew when a connection that was lost meanwhile is back."""
        generation = self._generations[group] = self._generations.get(group, 0) + 1
        self._in_vain.pop(group, None)
        connection = self._shell.connection

        def wanted() -> bool:
            return self._generations.get(group) == generation and is_there(self._screen)

        def answer(result: R) -> object:
            return then(result) if wanted() else None  # what can be awaited, Textual awaits

        def fail(error: Exception) -> None:
            sentence = self._shell.trouble(error)
            if not wanted():
                return
            (failed or self._shell.warn)(sentence)
            if again and connection.concerns(error):
                # What is only slow would be slow again: once is enough.
                self._in_vain[group] = partial(anew, connection.is_lost)
                self._follow()

        def anew(again: bool) -> None:
            self.start(work, then, group=group, deadline=deadline, failed=failed, again=again)

        async def run() -> None:
            out, ended = object(), False

            def late() -> None:
                if not ended:  # the timer's message can come after the answer
                    self._late.add(out)
                    self._slow(True)

            timer = self._screen.set_timer(SLOW_AFTER, late)
            try:
                # What may take longer has much to do, and says itself how far it is.
                with connection.waiting() if deadline <= READ_DEADLINE else nullcontext():
                    async with asyncio.timeout(deadline):
                        # Opening is not begun again by itself: there the person says when.
                        result = await (work() if self._shell.database is None else reading(work))
            except Exception as error:  # noqa: BLE001 - whatever it is, the interface stays up and says so
                self._screen.call_later(fail, error)
            else:
                self._screen.call_later(answer, result)
            finally:
                ended = True
                timer.stop()
                self._late.discard(out)
                self._slow(self.is_late)

        worker: WorkType[None] = run
        self._screen.run_worker(worker, group=f"read:{group}", exclusive=True, exit_on_error=False)

    def _follow(self) -> None:
        if not self._follows:
            self._follows = True
            self._shell.connection.back.subscribe(self._screen, self._back)

    def _back(self, _: bool) -> None:
        anew, self._in_vain = self._in_vain, {}
        for read in anew.values():
            read()

    def stop_waiting(self) -> bool:
        """Stops all of them if the person was told that they are waited for; whether that was so.

        A quick read behind the screen is nothing to stop: a key that leaves must leave.
        """
        return self.is_late and self.stop()

    def stop(self) -> bool:
        """Stops all of them; whether there was one."""
        ended = [self._end(group) for group in self._generations]
        return any(ended)

    def forget(self, group: str) -> None:
        """Ends what was asked for last in a group, for good: nobody wants to know it any more."""
        if group in self._generations:
            self._end(group)
            self._in_vain.pop(group, None)

    def _end(self, group: str) -> bool:
        self._generations[group] += 1
        running = [
            worker
            for worker in self._screen.workers
            if worker.node is self._screen and worker.group == f"read:{group}" and not worker.is_finished
        ]
        for worker in running:
            worker.cancel()
        return bool(running)


def start_write(
    shell: ShellbackApp,
    screen: Screen[Any],
    label: str,
    work: Callable[[], Awaitable[R]],
    then: Callable[[R], object],
    failed: Callable[[str], object] | None,
    *,
    is_long: bool = False,
) -> bool:
    """Runs one write to its end, whatever happens to the screen; False (with a toast) while another one runs. One that
    `is_long` says itself how far it is."""
    # The lock opens beside what was begun before it closed.
    if shell.busy and (not shell.lock.is_on or label in shell.busy):
        shell.warn(f"Not yet: {shell.busy[0]} is still running.")
        return False

    # Before the worker's first step, or a second key in the same moment would start it twice.
    held = ExitStack()
    held.enter_context(shell.writing(label))

    async def run() -> None:
        with held:
            try:
                with nullcontext() if is_long else shell.connection.waiting():
                    result = await work()
            except Exception as error:  # noqa: BLE001 - as above
                sentence = shell.trouble(error)
                if failed is not None and is_there(screen):
                    screen.call_later(failed, sentence)
                else:
                    shell.warn(sentence)
                return
        if not getattr(result, "is_ok", True):
            shell.connection.ask()  # an outcome says what became of the change, not what became of the connection
        if is_there(screen):
            screen.call_later(then, result)
        else:
            shell.notify(getattr(result, "sentence", "") or f"Done: {label}.")

    worker: WorkType[None] = run
    shell.run_worker(worker, group="write", exit_on_error=False)
    return True
