"""What is done with one file, by Aerich: its SQL and its row, for each of the four actions. Begins no transaction."""

from __future__ import annotations

from typing import Any

from ..modules import import_migration, no_bytecode, pinned
from ..sessions.rows import forget, make_table, without
from ..work import Work

DOWN = ("revert", "unstamp")
FAKE = ("stamp", "unstamp")


class NotReverted(Exception):
    """The file has nothing that takes it back."""


async def act(work: Work, action: str, version: str, info: Any) -> None:
    """Applies and stamps as Aerich's `_upgrade`. A downgrade of Aerich is bound to a transaction of its own and to the
    newest rows: here its steps are taken one by one (the file's SQL is asked for, run, and the row deleted)."""
    with pinned(work), no_bytecode():
        if action not in DOWN:
            if action in FAKE:
                await make_table(work)
            await work.target.command._upgrade(work.session.client, version, action in FAKE, info)
            return
        if action not in FAKE:
            sql = await import_migration(info).downgrade(work.session.client)
            if not sql.strip():
                raise NotReverted(f"{version} has no downgrade: nothing takes it back.")
            await work.session.client.execute_script(sql)
            work.rows.look_for_table_again()
            if await work.rows.applied() is None:
                # The first file takes Aerich's table with it, and so the row.
                return
        await forget(work, version, but_one=action in FAKE)


def expect(action: str, rows: list[tuple[str, str]], app: str, version: str) -> list[tuple[str, str]]:
    """Aerich's rows (app, version) after the file."""
    if action in DOWN:
        return without(rows, app, version, but_one=action in FAKE)
    return [*rows, (app, version)]


def what_changed(found: list[tuple[str, str]], expected: list[tuple[str, str]]) -> str:
    """How Aerich's rows differ from those that the plan was made from, in half a sentence; "" when they do not."""
    if found == expected:
        return ""
    new = [f"{name} of {app}" for app, name in found if (app, name) not in expected]
    gone = [f"{name} of {app}" for app, name in expected if (app, name) not in found]
    what = [
        f"{', '.join(new)} was applied meanwhile" if new else "",
        f"{', '.join(gone)} is gone" if gone else "",
    ]
    return "; ".join(filter(None, what)) or "The applied migrations are in another order."
