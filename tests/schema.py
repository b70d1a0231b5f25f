"""The current schema for a test's database: made by the same migrations that a user applies."""

import asyncio
import subprocess
import sys


def migrate_fresh(url: str) -> None:
    """Applies Shellback's own migrations to an empty database, in a process of its own.

    A process of its own, since Tortoise's state must not stay behind in the one that runs the tests.
    """
    subprocess.run([sys.executable, "-m", "tests.schema", url], check=True)


def _main(url: str) -> None:
    from tui.migrate.schema import create_schema

    asyncio.run(create_schema(url))


if __name__ == "__main__":
    _main(sys.argv[1])
