"""Runs the service for a look: on SHELLBACK_DATABASE_URL, or on a demo database that is gone with it.

python examples/service/serve.py
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


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="service-demo-") as directory:
        url = os.environ.get("SHELLBACK_DATABASE_URL") or _demo(Path(directory) / "demo.sqlite3")
        environment = {
            "SERVICE_DATABASE_URL": url,
            "SERVICE_JWT_SECRET": secrets.token_urlsafe(48),  # tokens end with this run
            **os.environ,
        }
        argv = [sys.executable, "-m", "uvicorn", "--factory", "--app-dir", str(Path(__file__).parents[1])]
        process = subprocess.Popen([*argv, "--no-access-log", "service.app:create_app"], env=environment)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the service gets it too, and ends by itself
                continue


def _demo(path: Path) -> str:
    """Make a database full of people; print how to open it from both sides."""
    url = f"sqlite://{path}"
    asyncio.run(create_schema(url))
    made = fill(str(path), "sqlite", PEOPLE)
    print(
        f"\n{PEOPLE} people. Both sides know this one:  {made.username}  {made.password}\n\n"
        f"  in Shellback:    shellback --url {url}\n"
        f"  in the service:  curl -d username={made.username} -d password={made.password} http://127.0.0.1:8000/token\n"
        "  in a browser:    http://127.0.0.1:8000/docs\n",
        flush=True,
    )
    return url


if __name__ == "__main__":
    sys.exit(main())
