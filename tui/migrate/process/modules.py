"""A migration file imported as it was shown, and the connections that its Python meets."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from aerich.utils import import_py_module
from tortoise.connection import get_connections

from .work import Work

_NOWHERE: Final = f"{os.devnull}/nowhere"
"""Where compiled files would be looked for: a place that cannot exist."""


class PlanChanged(Exception):
    """What is applied, or what a file says, is no longer what the plan was made from."""

    def __init__(self, reason: str, version: str | None = None) -> None:
        super().__init__(reason)
        self.version = version


class LeftEarly(Exception):
    """The project's code wanted to end the process."""


def module_info(work: Work, version: str, digest: str) -> tuple[Any, bytes]:
    """What Aerich imports a file by, and what stands in it. Raises PlanChanged when the file is not the one that the
    plan was made from."""
    source = (work.target.directory / version).read_bytes()
    if hashlib.sha256(source).hexdigest() != digest:
        raise PlanChanged(f"{version} was edited since the plan was made.", version)
    # As Aerich's `file_module_info`, without listing the folder for each of its files.
    folder = str(work.target.directory.absolute())
    info = pkgutil.ModuleInfo(pkgutil.get_importer(folder), Path(version).stem, ispkg=False)  # type: ignore[arg-type]
    return info, source


def import_migration(info: Any) -> ModuleType:
    """The file as a module. Raises whatever the file raises."""
    with no_bytecode():
        return import_py_module(info)


def is_transactional(module: ModuleType) -> bool:
    """As Aerich reads it: True without a word on it."""
    return bool(getattr(module, "RUN_IN_TRANSACTION", True))


@contextlib.contextmanager
def no_bytecode() -> Iterator[None]:
    """What was shown is what runs: a compiled file in `__pycache__` may be another program of the same size."""
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = _NOWHERE, True
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before


@contextlib.contextmanager
def pinned(work: Work) -> Iterator[None]:
    """Makes the job's own clients the connections that models use meanwhile, Aerich's own among them."""
    connections = get_connections()
    sessions = {work.session.name: work.session, work.rows.name: work.rows}
    tokens = [connections.set(each.name, each.client) for each in sessions.values()]
    try:
        yield
    finally:
        for token in reversed(tokens):
            connections.reset(token)
