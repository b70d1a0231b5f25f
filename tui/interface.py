"""From the options of the command line to a start of the interface, with as few imports as the first paint needs.

The database stack, the demo's people and the migrations are imported by the opener, behind the first paint.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tui.badge import DEMO, badge_for
from tui.cli.failure import usage
from tui.launch import Launch, Opening, opener_for
from tui.paths import expanded
from tui.run import run_interface
from tui.sanitise import shell_word
from tui.terminal.process import has_terminal

if TYPE_CHECKING:
    import argparse

    from tui.cli.place import Place
    from tui.launch import Opener, Report


def open_interface(args: argparse.Namespace) -> int:
    """Runs the interface and returns its exit status. Raises `Failure` and `SettingsError` before anything is drawn."""
    if args.demo:
        return _open_demo(args)
    if args.demo_users is not None:
        raise usage("--users belongs to --demo")
    return run_interface(_launch(args))


def _launch(args: argparse.Namespace) -> Launch:
    from tui.cli import tokens
    from tui.cli.place import locate

    place = locate(args)
    profile = place.profile
    kept = tokens.find(place.state, place.identity)
    local = place.url.server is None or place.url.server.is_local
    project = args.project or profile.project
    return Launch(
        place.url.label,
        opener_for(
            place.url,
            create=place.embedded or args.create,
            read_only=place.read_only,
            token=kept.token if kept else None,
            profile=profile,
            read_url=place.read_url,
        ),
        badge=badge_for(production=profile.production, local=local, profile=profile.name, color=profile.color),
        theme=profile.theme or "",
        keys=profile.keys,
        idle_lock=profile.idle_lock / 60,
        read_only=place.read_only,
        exposed=_exposed(place),
        mouse=profile.mouse,
        project=expanded(project) if project else None,
        reset_url=profile.reset_url,
        command=_command(args),
    )


def _command(args: argparse.Namespace) -> str:
    """How to reach the same database from a prompt."""
    options = (("--profile", args.profile), ("--url", args.url), ("--read-url", args.read_url))
    words = [f"{name} {shell_word(value)}" for name, value in options if value]
    return " ".join(["shellback", *words, *(["--insecure-tls"] if args.insecure_tls else [])])


def _exposed(place: Place) -> str:
    """Of the database, else of its replica."""
    servers = [url.server for url in (place.url, place.read_url) if url is not None and url.server is not None]
    return next((server.exposed for server in servers if server.exposed), "")


def _open_demo(args: argparse.Namespace) -> int:
    if args.url or args.profile or args.read_url:
        raise usage("--demo makes a database of its own: leave --url, --read-url and --profile out")
    if not has_terminal():
        return run_interface(Launch("demo", _never_opened, badge=DEMO))
    directory = Path(tempfile.mkdtemp(prefix="shellback-demo-"))
    try:
        path = directory / "demo.sqlite3"
        launch = Launch(
            "demo",
            _demo_opener(path, args.demo_users, read_only=args.read_only),
            badge=DEMO,
            read_only=args.read_only,
            project=expanded(args.project) if args.project else None,
            command=f"shellback --url sqlite://{path}",
        )
        return run_interface(launch)
    finally:
        _forget_staged(path)
        shutil.rmtree(directory, ignore_errors=True)


def _forget_staged(path: Path) -> None:
    """What was staged on a throw-away database goes with it."""
    from tui.settings import parse_url, state_dir
    from tui.staging import forget_database

    forget_database(state_dir(), parse_url(f"sqlite://{path}").identity)


async def _never_opened(_: Report) -> Opening:
    raise AssertionError("without a terminal nothing is opened")


def _demo_opener(path: Path, people: int | None, *, read_only: bool) -> Opener:
    """Makes the schema and the people when it is called, and opens them signed in."""

    async def open_it(report: Report) -> Opening:
        import asyncio
        import secrets

        from models.mfa_secrets import FIRST_TAG, MfaKeys, use_keys
        from models.operations.text import grouped
        from tui.database import open_database
        from tui.demo import PEOPLE, fill
        from tui.migrate.schema import create_schema
        from tui.settings import parse_url

        use_keys(MfaKeys({FIRST_TAG: secrets.token_urlsafe(32)}))  # gone with the database that it is for
        number = people or PEOPLE
        report(f"Making a throw-away database with {grouped(number)} {'person' if number == 1 else 'people'} ...")
        url = parse_url(f"sqlite://{path}")
        await create_schema(url.text)
        made = await asyncio.to_thread(fill, str(path), "sqlite", number)
        return Opening(await open_database(url, read_only=read_only), made.token, made.password)

    return open_it
