"""Runs the service for a look: on SHELLBACK_DATABASE_URL, or on a demo database that is gone with it.

python examples/service/serve.py [PORT]
"""

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from tui.demo import fill
from tui.migrate.schema import create_schema

PEOPLE = 1000


def main(port: str = "8000") -> int:
    with tempfile.TemporaryDirectory(prefix="service-demo-") as directory:
        url = os.environ.get("SHELLBACK_DATABASE_URL") or _demo(Path(directory) / "demo.sqlite3", port)
        environment = {
            "SERVICE_DATABASE_URL": url,
            "SERVICE_JWT_SECRET": secrets.token_urlsafe(48),  # its tokens end with this run
            **os.environ,
        }
        uvicorn = (sys.executable, "-m", "uvicorn", "--factory", "--app-dir", str(Path(__file__).parents[1]))
        argv = [*uvicorn, "--no-access-log", "--port", port, "service.app:create_app"]
        process = subprocess.Popen(argv, env=environment)
        while True:
            try:
                return max(process.wait(), 0)
            except KeyboardInterrupt:  # the service got it too, and is ending by itself
                continue


def _demo(path: Path, port: str) -> str:
    """Make a database full of people; print how to open it from both sides."""
    url = f"sqlite://{path}"
    asyncio.run(create_schema(url))
    made = fill(str(path), "sqlite", PEOPLE)
    print(
        f"\n{PEOPLE} people. Both sides know this one:  {made.username}  {made.password}\n\n"
        f"  in Shellback:    shellback --url {url}\n"
        f"  in the service:  curl -d username={made.username} -d password={made.password} http://127.0.0.1:{port}/token\n"
        f"  in a browser:    http://127.0.0.1:{port}/docs\n",
        flush=True,
    )
    return url


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
