"""`shellback migrate apply`: the worker process runs the files, this side tells what happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.cli.applying import exit_of_outcome, print_outcome, run_plan
from tui.cli.commands.migrate import nothing_to_do, plan_of
from tui.cli.consent import ask, check_can_ask
from tui.cli.dry_running import try_plan
from tui.cli.exits import Exit
from tui.cli.migrating import look, trust
from tui.cli.output import document, line, note
from tui.cli.place import locate

if TYPE_CHECKING:
    import argparse


def apply(args: argparse.Namespace) -> int:
    """`migrate apply`."""
    check_can_ask(args)
    looked = asyncio.run(look(args))
    planned = plan_of(args, looked)
    if args.dry_run:
        return try_plan(args, looked, planned)
    if nothing_to_do(looked, planned):
        if args.json:
            document({"outcome": {"status": "done", "sentence": "Nothing is pending.", "applied": []}})
        else:
            line("Nothing is pending.")
        return Exit.DONE
    if planned.is_ok and not args.yes:
        for file in planned.files:
            note(f"  {file.version}")
        for caution in planned.cautions:
            note(f"  mind: {caution.version}: {caution.sentence}")
        ask(args, f"{planned.target[:1].upper()}{planned.target[1:]} on {looked.database}?")
    trust(args, looked.project)
    anchored = locate(args).anchored if looked.project.is_own else None
    outcome = asyncio.run(run_plan(planned, give_up=args.wait, anchored=anchored))
    print_outcome(args, outcome)
    return exit_of_outcome(outcome, looked)
