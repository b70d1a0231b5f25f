"""`shellback grants`: the SQL of the tiers, or what differs from it in a database. Needs no session."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from models.operations.text import counted
from tui.cli.exits import Exit
from tui.cli.failure import usage
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.database import open_database
from tui.grants import Choice, Tier, differences, revoke_script, script

if TYPE_CHECKING:
    import argparse

    from tui.cli.place import Place


def grants(args: argparse.Namespace) -> int:
    """`grants`."""
    choice = _choice(args)
    if args.check:
        return _check(args, choice)
    text = revoke_script(choice) if args.revoke else script(choice)
    if args.json:
        document({"sql": text})
    else:
        # As it is: what a name brings along is inside of quotes, and a changed character would be another name.
        sys.stdout.write(text)
    return Exit.DONE


def _choice(args: argparse.Namespace) -> Choice:
    try:
        return Choice(
            tuple(tier for tier in Tier if not args.tier or tier.value in args.tier),
            args.schema,
            args.prefix,
            args.owner,
            args.audit_owner,
            tuple(dict.fromkeys(args.app)),
            tuple(dict.fromkeys(args.login)),
        )
    except ValueError as error:
        raise usage(str(error)) from None


def _check(args: argparse.Namespace, choice: Choice) -> int:
    place = locate(args)
    if place.url.dialect != "postgres":
        raise usage("SQLite has no roles: whoever may write the file may write everything in it")
    found = asyncio.run(_compare(place, choice))
    if args.json:
        document({"grants": {"database": place.url.label, "differences": found}})
    else:
        for sentence in found:
            line(sentence)
        note(f"{counted(len(found), 'difference')}." if found else f"{place.url.label} is as the SQL makes it.")
    return Exit.FAILED if found else Exit.DONE


async def _compare(place: Place, choice: Choice) -> list[str]:
    async with await open_database(place.url, read_only=True) as database:

        async def ask(sql: str, *values: object) -> list[dict[str, object]]:
            rows: list[dict[str, object]] = await database.connection.execute_query_dict(sql, list(values))
            return rows

        return await differences(ask, choice)
