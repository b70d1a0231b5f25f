"""A place to try files on: a database of its own that is gone afterwards, built from the project's files.

The project's Python meets this place and no other: every connection of its configuration leads here, or nowhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aerich.migrate import Migrate
from aerich.utils import get_app_connection_name, import_py_module
from tortoise.connection import get_connections

from ..catalogues.catalogue import Catalogue
from ..modules import LeftEarly, is_transactional, no_bytecode
from ..sql.statements import split
from ..work import Work


class NoTrial(Exception):
    """Nothing can be tried; the sentence says why."""


class Place(Protocol):
    """A scratch database, or a schema in a transaction that is never committed."""

    how: str
    """What it is, in words: `a scratch database`."""
    is_held: bool
    """Whether all of it is one transaction: a file that needs to be outside of one cannot be tried."""
    client: Any

    def transaction(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Around one file."""

    def why_not(self, version: str, text: str) -> str | None:
        """Why a file cannot be tried here, by its text."""

    async def read(self) -> Catalogue:
        """What is there now."""

    async def things(self) -> list[dict[str, Any]]:
        """The rows of `sqlite_master`; empty on PostgreSQL."""


@dataclass(slots=True)
class Script:
    """One migration as a module that was imported."""

    version: str
    app: str
    module: Any
    transactional: bool


class FileFailed(Exception):
    """A file did not run here. The error is `__cause__`."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


@dataclass(slots=True)
class Elsewhere:
    """Stands in for a connection of the project that has no part in this."""

    connection_name: str
    capabilities: Any = field(default=None)

    def __getattr__(self, name: str) -> Any:
        raise NoTrial(f"The connection {self.connection_name} is not part of a trial.")


def scripts(work: Work, place: Place) -> list[Script]:
    """The files of every app on the same connection, in the order in which they were written.

    Raises NoTrial and FileFailed.
    """
    target = work.target
    config = target.command.tortoise_config
    ours = get_app_connection_name(config, target.app)
    found: list[tuple[tuple[str, int, str], Script]] = []
    for app in config["apps"]:
        folder = Migrate.get_migration_dir(work.order["location"], app)
        if get_app_connection_name(config, app) != ours or not folder.is_dir():
            continue
        before = Migrate.migrate_location
        Migrate.migrate_location = folder
        try:
            modules = Migrate.get_all_version_modules()
        finally:
            Migrate.migrate_location = before
        for number, info in enumerate(modules):
            version = f"{info.name}.py"
            if reason := place.why_not(version, Path(folder, version).read_text(encoding="utf-8")):
                raise NoTrial(reason)
            rank = (_stamp(info.name) if len(config["apps"]) > 1 else "", number, app)
            found.append((rank, load(info, version, app)))
    found.sort(key=lambda pair: pair[0])
    return [script for _, script in found]


def load(info: Any, version: str, app: str) -> Script:
    """Imports a file. Raises FileFailed."""
    try:
        with no_bytecode():
            module = import_py_module(info)
    except (Exception, SystemExit) as error:
        raise FileFailed(version) from error
    return Script(version, app, module, is_transactional(module))


async def build(work: Work, place: Place, files: list[Script]) -> None:
    """Runs the files one after another. Raises FileFailed, NoTrial."""
    for number, script in enumerate(files, 1):
        work.emit("file_started", version=script.version, number=number, total=len(files))
        await run(work, place, script, "upgrade")


async def run(work: Work, place: Place, script: Script, direction: str) -> None:
    """One file in one direction, as Aerich would. Raises FileFailed, NoTrial."""
    if place.is_held and not script.transactional:
        raise NoTrial(f"{script.version} runs outside of a transaction, and there is no scratch database to run it in.")
    work.progress.begin(script.version, script.transactional)
    around = place.transaction() if script.transactional else contextlib.nullcontext()
    try:
        with _pinned(work, place), no_bytecode():
            async with around:
                sql = await getattr(script.module, direction)(place.client)
                if sql and split(sql, work.target.connection.capabilities.dialect):
                    await place.client.execute_script(sql)
    except NoTrial:
        raise
    except SystemExit as error:
        raise FileFailed(script.version) from LeftEarly(f"{script.version} called sys.exit({error.code!r}).")
    except Exception as error:
        raise FileFailed(script.version) from error


@contextlib.contextmanager
def _pinned(work: Work, place: Place) -> Iterator[None]:
    connections = get_connections()
    ours = {work.target.connection.connection_name, work.target.rows.connection_name}
    names = set(work.target.command.tortoise_config["connections"])
    clients: dict[str, Any] = {name: place.client if name in ours else Elsewhere(name) for name in names | ours}
    tokens = [connections.set(name, client) for name, client in sorted(clients.items())]
    try:
        yield
    finally:
        for token in reversed(tokens):
            connections.reset(token)


@contextlib.asynccontextmanager
async def open_place(work: Work) -> AsyncIterator[Place]:
    """The best place that can be had. Raises NoTrial, and what connecting raises."""
    dialect = work.target.connection.capabilities.dialect
    if dialect == "sqlite":
        from .trial_sqlite import SqlitePlace

        async with SqlitePlace.open(work) as place:
            yield place
        return
    from .trial_postgres import open_postgres

    async with open_postgres(work) as postgres:
        yield postgres


def _stamp(name: str) -> str:
    """The time in a file's name; files of several apps were written in this order."""
    return next((part for part in name.split("_")[1:2] if part.isdecimal()), "")
