"""How much this process grows while something is done."""

from __future__ import annotations

import threading
from typing import Self

import psutil


class Memory:
    """How much this process grew, at its largest, while inside."""

    growth = 0.0

    def __enter__(self) -> Self:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.growth = max(self.growth, self._process.memory_info().rss - self._before)
