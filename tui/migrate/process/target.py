"""The project as Aerich would see it: its Tortoise configuration, its models, its migration files."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aerich.coder
from aerich import Command
from aerich.migrate import Migrate
from aerich.models import Aerich
from aerich.utils import add_src_path, get_app_connection_name, get_tortoise_config
from tortoise import BaseDBAsyncClient, Tortoise
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from .unwritten import unwritten


class ProjectError(Exception):
    """The project's configuration cannot be followed."""


@dataclass(frozen=True, slots=True)
class Target:
    """An app of the project. `connection` runs the files, `rows` holds Aerich's table: usually one and the same."""

    command: Command
    app: str
    directory: Path
    connection: BaseDBAsyncClient
    rows: BaseDBAsyncClient


def no_unpickling(obj: dict[str, Any]) -> Any:
    """Stands in for `aerich.coder.object_hook`, which unpickles what it finds: one INSERT would run anybody's code."""
    return obj


@contextlib.asynccontextmanager
async def load(job: dict[str, Any]) -> AsyncIterator[Target]:
    """Imports the project's configuration and models. Connects to nothing. Raises whatever the project raises."""
    aerich.coder.object_hook = no_unpickling
    config = _configuration(job)
    apps = config.get("apps")
    if not isinstance(apps, dict) or not apps:
        raise ProjectError("The Tortoise configuration has no apps.")
    app = job.get("app") or next(iter(apps))
    if app not in apps:
        raise ProjectError(f"The Tortoise configuration has no app {app!r}; it has {', '.join(map(repr, apps))}.")
    _include_aerich(apps)
    async with TortoiseContext():
        with unwritten():
            await Tortoise.init(config=config)
        command = Command(config, app=app, location=job["location"])
        directory = Migrate.get_migration_dir(job["location"], app)
        Migrate.app, Migrate.migrate_location = app, directory
        rows_name = Aerich._meta.default_connection
        if rows_name is None:
            raise ProjectError("aerich.models belongs to no app of the Tortoise configuration.")
        name = get_app_connection_name(config, app)
        yield Target(command, app, directory, get_connection(name), get_connection(rows_name))


def _configuration(job: dict[str, Any]) -> dict[str, Any]:
    if own := job.get("own"):
        from importlib import import_module

        settings = import_module("tui.settings")
        url = settings.parse_url(own["url"], insecure_tls=own["insecure_tls"]).with_command(own["password_command"])
        config: dict[str, Any] = import_module("migrations.config").config_for(url)
        return config
    add_src_path(job["src"])
    with unwritten():
        found = get_tortoise_config(job["tortoise_orm"])
    if not isinstance(found, dict):
        raise ProjectError(f"{job['tortoise_orm']} is not a dictionary.")
    return found


def _include_aerich(apps: dict[str, Any]) -> None:
    """As the aerich command does: its table's model is added when there is only one app."""
    if any("aerich.models" in app.get("models", ()) for app in apps.values()):
        return
    if len(apps) > 1:
        raise ProjectError("Add 'aerich.models' to the models of one app of the Tortoise configuration.")
    only = next(iter(apps.values()))
    only["models"] = [*only.get("models", ()), "aerich.models"]
