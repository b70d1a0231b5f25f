"""`shellback doctor`: what is well and what is not. Needs no session; its actor is the user of the operating system."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from models.mfa_secrets import use_key_file
from tui.cli.exits import Exit
from tui.cli.output import document, line
from tui.cli.place import locate
from tui.doctor import Check, State, worst
from tui.doctor.anchors import check_anchors
from tui.doctor.check import failed
from tui.doctor.database import check_database
from tui.doctor.files import check_files
from tui.doctor.lint import check_lint
from tui.doctor.passwords import check_passwords
from tui.doctor.terminal import check_terminal
from tui.settings import SettingsError, config_dir, state_dir

if TYPE_CHECKING:
    import argparse


def doctor(args: argparse.Namespace) -> int:
    """`doctor`."""
    checks = _checks(args)
    if args.json:
        document({"doctor": {"state": worst(checks), "checks": [_json(check) for check in checks]}})
    else:
        _print(checks)
    return Exit.FAILED if worst(checks) is State.FAILED else Exit.DONE


def _checks(args: argparse.Namespace) -> list[Check]:
    """All of them. Settings that cannot be read leave no database to look at; the rest is looked at."""
    config = config_dir() / "config.toml"
    try:
        place = locate(args)
    except SettingsError as error:
        of_database = [failed("configuration", str(error), "mend that: no database was looked at")]
        path = None
    else:
        use_key_file(place.profile.mfa_key_path)
        of_database = asyncio.run(
            check_database(
                place.url, read_only=place.read_only, read_url=place.read_url, read_lag=place.profile.read_lag
            )
        )
        of_database += check_anchors(place.anchored)
        path = place.url.path
    return [
        *of_database,
        *check_files(config, state_dir(), path),
        check_passwords(),
        check_lint(),
        *check_terminal(os.environ, sys.stdout.encoding, _size()),
    ]


def _size() -> tuple[int, int] | None:
    """Columns and rows of the terminal; None where standard output is none."""
    if not sys.stdout.isatty():
        return None
    size = os.get_terminal_size()
    return size.columns, size.lines


def _print(checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        todo = f" To do: {check.todo}" if check.todo else ""
        line(f"{check.state:<7}  {check.name:<{width}}  {check.sentence}{todo}")
        for statement in check.sql.splitlines():
            line(f"{'':<{width + 11}}{statement}")
    counts = {state: sum(check.state is state for check in checks) for state in State}
    line(f"{counts[State.OK]} ok, {counts[State.WARNING]} to look at, {counts[State.FAILED]} failed.")


def _json(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "state": check.state,
        "sentence": check.sentence,
        "todo": check.todo or None,
        "sql": check.sql.splitlines(),
    }
