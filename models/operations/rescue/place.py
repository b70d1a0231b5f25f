"""Whether this process is on the database's own host, as far as the database and the file system can tell.

SQLite: whoever owns the file, or root. PostgreSQL: its socket, or a connection within 127.0.0.1 or ::1, seen by the
server itself and not by what was typed as the host.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.operations.transactions import is_postgres

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient


async def why_not_here(client: BaseDBAsyncClient) -> str:
    """Return why a rescue cannot be done from here; empty where it can. Raises what the engine raises."""
    if is_postgres(client):
        sql = "SELECT host(inet_client_addr()) AS client, host(inet_server_addr()) AS server"
        _, rows = await client.execute_query(sql)
        return why_not_from(rows[0]["client"], rows[0]["server"])
    _, rows = await client.execute_query("SELECT file FROM pragma_database_list WHERE name = 'main'")
    return why_not_owner(str(rows[0]["file"]), os.geteuid())


def why_not_from(client: str | None, server: str | None) -> str:
    """Return why not over a connection with these two ends, as the server sees them; None: through its socket."""
    if client is None:
        return ""
    if _is_loopback(client) and _is_loopback(server):
        return ""
    return (
        f"A rescue is done on the host of the database, through its socket or 127.0.0.1: this connection comes from "
        f"{client} to {server or 'an unknown address'}."
    )


def why_not_owner(path: str, user: int) -> str:
    """Return why this user of the operating system may not rescue in this file."""
    owner = Path(path).stat().st_uid
    if user in {0, owner}:
        return ""
    return f"A rescue is done by the owner of {path} (user {owner}) or by root: this is user {user}."


def _is_loopback(address: Any) -> bool:
    try:
        return ipaddress.ip_address(str(address)).is_loopback
    except ValueError:
        return False
