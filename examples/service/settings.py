"""What the environment tells the service: where the database is, and the secret that signs its tokens."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SHORTEST_SECRET = 32  # bytes: as long as the hash of HS256 (RFC 7518, 3.2)


@dataclass(frozen=True, slots=True)
class Settings:
    tortoise: dict[str, Any] = field(repr=False)
    jwt_secret: str = field(repr=False)


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SystemExit, with a sentence that quotes none of them."""
    secret, url = environment.get("SERVICE_JWT_SECRET", ""), environment.get("SERVICE_DATABASE_URL", "")
    if len(secret.encode()) < SHORTEST_SECRET:
        raise SystemExit(f"SERVICE_JWT_SECRET must have at least {SHORTEST_SECRET} bytes: openssl rand -base64 48")
    if url.startswith("sqlite://"):
        engine, credentials = "sqlite", {"file_path": unquote(url.removeprefix("sqlite://"))}
    elif url.startswith(("postgres://", "postgresql://")):
        engine, credentials = "postgres", _postgres(url)
    else:
        raise SystemExit("SERVICE_DATABASE_URL must begin with sqlite:// or postgres://")
    tortoise = {
        # Shellback's engines: a deadline on every statement, no change half made, errors without the database's words.
        "connections": {"default": {"engine": f"models.engines.{engine}", "credentials": credentials}},
        "apps": {"models": {"models": ["models"], "default_connection": "default"}},
    }
    return Settings(tortoise, secret)


def _postgres(url: str) -> dict[str, Any]:
    """Over TLS that proves who the server is, unless the server is this machine."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.get("host") or parts.hostname or "localhost"
    is_local = host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
    return {
        "host": host,
        "port": int(options.get("port") or parts.port or 5432),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.removeprefix("/")),
        "ssl": False if is_local else ssl.create_default_context(cafile=options.get("sslrootcert")),
        "pgbouncer": options.get("pgbouncer") == "true",
        "application_name": "service",
        "maxsize": 10,
    }
