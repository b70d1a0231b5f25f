"""Where a project's database is, without Tortoise: a look at it need not import the ORM and the models, 200 ms.

Only what is plain is read here: a dictionary or a URL for PostgreSQL by asyncpg or for SQLite, Aerich's model in one
app. Of anything else `read_settings` knows nothing, and the caller takes the way by Tortoise, which also says what is
wrong with a configuration. Pure but for importing the project's configuration, which is the point.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from .unwritten import unwritten

_AERICH: Final = "aerich.models"


@dataclass(frozen=True, slots=True)
class SqliteSettings:
    """What a session takes of Tortoise's `SqliteClient`."""

    connection_name: str
    filename: str
    dialect: str = "sqlite"


@dataclass(frozen=True, slots=True)
class PostgresSettings:
    """What a session takes of Tortoise's `AsyncpgDBClient`."""

    connection_name: str
    user: str | None
    password: Any
    database: str | None
    host: str | None
    port: int
    schema: str | None
    server_settings: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    dialect: str = "postgres"


Settings = SqliteSettings | PostgresSettings


@dataclass(frozen=True, slots=True)
class Place:
    """An app's databases: `connection` runs the files, `rows` holds Aerich's table. The same names as a `Target`."""

    app: str
    connection: Settings
    rows: Settings


def read_settings(order: Mapping[str, Any]) -> Place | None:
    """Imports the project's configuration. None for everything that is not plain, an error in it included."""
    if order.get("own"):
        return None
    try:
        config = _configuration(str(order["tortoise_orm"]), str(order["src"]))
        return _place(config, order.get("app"))
    except (Exception, SystemExit):  # noqa: BLE001 - the way by Tortoise meets it again, and tells it
        return None


def _configuration(name: str, source: str) -> Mapping[str, Any]:
    """As Aerich finds it, where it is an attribute of a module."""
    folder = str(Path(source).absolute())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module, _, attribute = name.rpartition(".")
    with unwritten():
        found: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
    return found


def _place(config: Mapping[str, Any], wanted: str | None) -> Place | None:
    apps = config["apps"]
    app = wanted or next(iter(apps))
    holders = [name for name, each in apps.items() if _AERICH in each.get("models", ())]
    if not holders and len(apps) == 1:
        holders = [app]
    if app not in apps or len(holders) != 1:
        return None
    connection = _settings(config, apps[app].get("default_connection", "default"))
    rows = _settings(config, apps[holders[0]].get("default_connection", "default"))
    return Place(app, connection, rows) if connection is not None and rows is not None else None


def _settings(config: Mapping[str, Any], name: str) -> Settings | None:
    given = config["connections"][name]
    given = _expanded(given) if isinstance(given, str) else given
    values = dict(given["credentials"])
    match given["engine"]:
        case "tortoise.backends.sqlite":
            return SqliteSettings(name, str(values["file_path"]))
        case "tortoise.backends.asyncpg":
            return _postgres(name, values)
    return None


def _postgres(name: str, values: dict[str, Any]) -> PostgresSettings:
    """As Tortoise's client takes its arguments apart."""
    return PostgresSettings(
        connection_name=name,
        user=values.pop("user", None),
        password=values.pop("password", None),
        database=values.pop("database", None),
        host=values.pop("host", None),
        port=int(values.pop("port", 5432)),
        schema=values.pop("schema", None),
        server_settings=dict(values.pop("server_settings", None) or {}),
        extra=values,
    )


def _expanded(url: str) -> Mapping[str, Any]:
    """A URL taken apart by Tortoise's own function, whose module is imported without the package around it."""
    if "tortoise" in sys.modules:
        return _by_tortoise(url)
    spec = importlib.util.find_spec("tortoise")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("tortoise")
    bare = ModuleType("tortoise")
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules["tortoise"] = bare
    try:
        return _by_tortoise(url)
    finally:
        # Whoever imports Tortoise later gets it whole.
        for name in [each for each in sys.modules if each == "tortoise" or each.startswith("tortoise.")]:
            del sys.modules[name]


def _by_tortoise(url: str) -> Mapping[str, Any]:
    module = importlib.import_module("tortoise.backends.base.config_generator")
    expanded: Mapping[str, Any] = module.expand_db_url(url)
    return expanded
