"""The question before a run of migrations: y is enough, but in production and where something is lost for good the
database's name is typed, as on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.consent import answered, ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure
from tui.cli.place import locate

if TYPE_CHECKING:
    import argparse

    from tui.cli.migrating import Looked


def ask_before(args: argparse.Namespace, looked: Looked, title: str, loses: str = "") -> None:
    """Asks `title`. `loses`: what is lost for good, in a sentence. Raises `Failure` unless it was agreed to."""
    if args.yes:
        return
    is_production = looked.project.is_own and locate(args).profile.production
    why = loses or ("This is production." if is_production else "")
    if not why:
        ask(args, title)
        return
    name = looked.database.rstrip("/").rpartition("/")[2] or looked.database
    if answered(f"{title} {why} Type {name} to confirm:") != name:
        raise Failure("Not agreed to; nothing was done.", Exit.FAILED, kind="declined")
