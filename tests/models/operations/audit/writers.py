"""A process that writes audited changes beside others: `python -m tests.models.operations.audit.writers`."""

from __future__ import annotations

import asyncio
import sys

from models import Account
from models.operations import Actor, ActorKind, apply, plan_edit
from tui.database import open_database
from tui.settings import parse_url


async def write(url: str, actor_id: int, target_id: int, number: int) -> None:
    """Change a user's name so many times, each with its row of the audit."""
    actor = Actor(actor_id, "root", ActorKind.CLI)
    async with await open_database(parse_url(url)):
        for turn in range(number):
            outcome = None
            # On SQLite eight processes want the one write lock: whoever waited too long asks again, as a script would.
            while outcome is None or (not outcome.is_ok and "try again" in outcome.sentence.lower()):
                outcome = await apply(
                    await plan_edit(actor, await Account.get(id=target_id), {"full_name": f"Turn {turn}"})
                )
            if not outcome.is_ok:
                raise SystemExit(f"{outcome.status}: {outcome.sentence}")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], *map(int, sys.argv[2:5])))
