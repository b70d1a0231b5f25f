"""From a checked URL to the configuration that Tortoise takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.database.password import password_of
from tui.settings.tls import context_for

if TYPE_CHECKING:
    from tui.settings import DatabaseUrl

CONNECTION: Final = "default"
"""The one connection's name. Executors cache SQL under it, so it must not differ between databases of a process."""


def tortoise_config(
    url: DatabaseUrl,
    *,
    read_only: bool = False,
    autocommit: bool = False,
    create: bool = False,
    modules: tuple[str, ...] = ("models",),
) -> dict[str, Any]:
    """The `config` of `TortoiseContext.init`: our engine, the app "models".

    `autocommit` allows writes outside a transaction and statements without a deadline, which only migrations need.
    `create` lets an SQLite file be made. Raises `SettingsError` when a certificate or a password file cannot be used.
    """
    credentials: dict[str, Any] = {"read_only": read_only, "autocommit": autocommit}
    if url.server is not None:
        server = url.server
        credentials |= {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "database": server.database,
            "password": password_of(url),
            "ssl": context_for(server),
            "timeout": float(server.connect_timeout),
            # What asyncpg is not told, it reads from the environment by itself.
            "direct_tls": server.direct_tls,
            "target_session_attrs": server.target,
            "gsslib": "gssapi",
            "krbsrvname": "postgres",
            "schema": server.schema,
            "application_name": server.application_name,
            "maxsize": server.maxsize,
            "pgbouncer": server.pgbouncer,
        }
        if server.options is not None:
            credentials["server_settings"] = {"options": server.options}
        if server.statement_cache_size is not None:
            credentials["statement_cache_size"] = server.statement_cache_size
    else:
        credentials |= {"file_path": str(url.path), "create": create}
    return {
        "connections": {CONNECTION: {"engine": f"models.engines.{url.dialect}", "credentials": credentials}},
        "apps": {"models": {"models": list(modules), "default_connection": CONNECTION}},
        "use_tz": True,
        "timezone": "UTC",
    }
