"""`shellback settle`: what became of an operation. Needs no session: who made the first superuser has none, and the
answer names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.engines.settlement import Fate
from models.operations.asking import what_became
from tui.cli.exits import Exit
from tui.cli.output import document, line, note
from tui.cli.place import locate
from tui.cli.running import opened

if TYPE_CHECKING:
    import argparse

    from tui.database import Database

EXITS: Final = {Fate.COMMITTED: Exit.DONE, Fate.ABORTED: Exit.FAILED, Fate.UNKNOWN: Exit.UNKNOWN}


def settle(args: argparse.Namespace) -> int:
    """`settle`."""

    async def body(_: Database) -> int:
        answer = await what_became(args.operation)
        if args.json:
            document({"settled": answer.as_json()})
        else:
            (note if answer.fate is Fate.UNKNOWN else line)(answer.sentence)
        return EXITS[answer.fate]

    return opened(locate(args), body)
