"""Everything that a program can leave behind, searched for texts that must not be there."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.operations.transactions import connection, is_postgres
from tui.database import open_database
from tui.settings import parse_url

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

HASH = ("users", "hashed_password")
FINGERPRINT = ("one_time_tokens", "password_fingerprint")
TOKEN_HASH = ("one_time_tokens", "token_hash")
Place = tuple[str, str]


def spellings(secret: str) -> list[bytes]:
    """The text, and what it is called in transit: base64 as OSC 52 has it, hexadecimal, and without its separators."""
    raw = secret.encode()
    bare = secret.replace("-", "").replace(" ", "").encode()
    return [raw, base64.b64encode(raw), raw.hex().encode(), *([bare] if bare != raw else [])]


def found_in(data: bytes, secrets: Iterable[str]) -> list[bytes]:
    """The spellings of these secrets that stand in the bytes."""
    return [one for secret in secrets for one in spellings(secret) if one in data]


def files_below(*roots: Path) -> dict[Path, bytes]:
    """Every file that was left in these directories."""
    return {path: path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}


def database_bytes(url: str) -> bytes:
    """The whole database as it lies on the disk: SQLite's files; of PostgreSQL every row of every table as text."""
    path = parse_url(url).path
    if path is not None:
        parts = (Path(f"{path}{end}") for end in ("", "-wal", "-shm", "-journal"))
        return b"\n".join(part.read_bytes() for part in parts if part.exists())
    return "\n".join(f"{row}" for _, rows in asyncio.run(_columns(url)).items() for row in rows).encode()


def places_of(url: str, texts: Iterable[str]) -> dict[str, set[Place]]:
    """In which columns of which tables each of these texts stands, on either dialect."""
    columns = asyncio.run(_columns(url))
    return {text: {place for place, rows in columns.items() if any(text in row for row in rows)} for text in texts}


async def _columns(url: str) -> dict[Place, list[str]]:
    """Every value of every column of every table as text, whatever its type."""
    async with await open_database(parse_url(url)):
        client = connection()
        kept: dict[Place, list[str]] = {}
        for table in await _tables(client):
            _, rows = await client.execute_query(f'SELECT * FROM "{table}"')
            for row in rows:
                for name, value in dict(row).items():
                    kept.setdefault((table, name), []).append(_text(value))
        return kept


async def _tables(client: BaseDBAsyncClient) -> list[str]:
    catalogue = (
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        if is_postgres(client)
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    _, rows = await client.execute_query(catalogue)
    return [str(row["name"]) for row in rows]


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | bytearray | memoryview) else str(value)


def process_texts(pid: int) -> bytes:
    """The command lines and the environments of a process and of all its children, as every tool of its owner shows
    them; what has ended meanwhile is left out."""
    parts = []
    for one in (pid, *_children(pid)):
        for name in ("cmdline", "environ"):
            try:
                parts.append(Path(f"/proc/{one}/{name}").read_bytes())
            except OSError:
                continue
    return b"\n".join(parts)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            numbers = task.read_text().split()
        except OSError:
            continue
        for number in map(int, numbers):
            found += [number, *_children(number)]
    return found
