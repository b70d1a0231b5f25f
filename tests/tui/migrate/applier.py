"""A program that applies a project's migrations, for tests that kill it: `python -m` this, with the directory."""

import asyncio
import sys
from pathlib import Path

from tui.migrate.listing import look
from tui.migrate.running.apply import Event, apply_plan
from tui.migrate.source.project import load_project


async def _main(directory: str) -> None:
    def tell(event: Event) -> None:
        sys.stdout.write(f"{event}\n")
        sys.stdout.flush()

    await apply_plan((await look(load_project(Path(directory)))).plan(), tell)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
