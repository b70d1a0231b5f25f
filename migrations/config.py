"""What Aerich is told about Shellback's own models: `TORTOISE_ORM`, for the database of SHELLBACK_DATABASE_URL.

    aerich -c migrations/sqlite/aerich.toml upgrade
    aerich -c migrations/postgres/aerich.toml history

Stock Tortoise engines: a migration writes outside of transactions too, and takes as long as it takes.
"""

from __future__ import annotations

import os
from typing import Any

from tui.database import CONNECTION, tortoise_config
from tui.settings import DatabaseUrl, parse_url


def config_for(url: DatabaseUrl) -> dict[str, Any]:
    """The Tortoise configuration for `url`, with Aerich's own table. Raises `SettingsError` for certificates."""
    config = tortoise_config(url, modules=("models", "aerich.models"))
    ours = config["connections"][CONNECTION]["credentials"]
    backend = "sqlite" if url.dialect == "sqlite" else "asyncpg"
    only_ours = {"read_only", "autocommit", "pgbouncer", "create"}
    config["connections"][CONNECTION] = {
        "engine": f"tortoise.backends.{backend}",
        "credentials": {name: value for name, value in ours.items() if name not in only_ours and value is not None},
    }
    return config


def __getattr__(name: str) -> Any:
    """`TORTOISE_ORM`, made when Aerich asks for it: importing this module needs no database."""
    if name == "TORTOISE_ORM":
        return config_for(parse_url(os.environ.get("SHELLBACK_DATABASE_URL", "")))
    raise AttributeError(name)
