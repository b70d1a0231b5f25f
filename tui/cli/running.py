"""What a command runs in: an open database, and an actor who was asked for a session.

`signed_in` for everything that reads or writes accounts; `opened` for what needs a database and no actor. Both close
the database on every path: an unclosed SQLite connection would keep the interpreter from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.mfa_secrets import use_key_file
from models.operations import ActorKind, Secret
from models.operations.audit.anchors import leave_anchor, trouble
from models.operations.sign_in.answers import SignInRefused
from models.operations.sign_in.claims import claims_of_process
from models.operations.sign_in.session import resume
from tui.cli import tokens
from tui.cli.failure import refused
from tui.cli.fitness import check_fit, check_passwords
from tui.cli.output import note
from tui.cli.place import locate
from tui.database import open_database

if TYPE_CHECKING:
    import argparse

    from models.operations.sign_in.answers import SignedIn
    from models.permissions import Codename
    from tui.cli.place import Place
    from tui.database import Database

MUST_CHANGE: Final = "must change the password first: sign in to the interface (shellback), which asks for a new one."


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in command: the open database, and who acts."""

    database: Database
    who: SignedIn


def opened(place: Place, body: Callable[[Database], Awaitable[int]]) -> int:
    """Runs `body` with the database open, and returns its exit code. Raises `Failure` for one that is not ours, and
    before anything is opened for an installation that cannot verify passwords."""
    check_passwords()
    use_key_file(place.profile.mfa_key_path)

    async def run() -> int:
        async with await open_database(place.url, read_only=place.read_only, anchored=place.anchored) as database:
            for warning in database.warnings:
                note(f"shellback: {warning}")
            await check_fit(database)
            status = await body(database)
            await leave_anchor()
            if problem := trouble():
                note(f"shellback: {problem}")
            return status

    return asyncio.run(run())


def signed_in(
    args: argparse.Namespace,
    body: Callable[[argparse.Namespace, Session], Awaitable[int]],
    *needs: Codename,
    even_if_must_change: bool = False,
) -> int:
    """Runs `body` for whoever is signed in to this database and holds every permission in `needs`. Who must change the
    password is let through to that alone, with `even_if_must_change`.

    Raises `Failure` (refused) when nobody is, the session is over, or a permission is missing.
    """
    place = locate(args)
    kept = tokens.find(place.state, place.identity)
    if kept is None:
        raise refused(f"Nobody is signed in to {place.url.label}: shellback login --as USERNAME")

    async def run(database: Database) -> int:
        who = await resume(Secret(kept.token), kind=ActorKind.CLI, claims=claims_of_process())
        if isinstance(who, SignInRefused):
            again = "The token in SHELLBACK_TOKEN" if kept.from_environment else "The session"
            raise refused(
                f"{again} is over, or not of this database: shellback login --as {kept.username or 'USERNAME'}"
            )
        if who.must_change_password and not even_if_must_change:
            raise refused(f"{who.username} {MUST_CHANGE}")
        for codename in needs:
            if not who.permissions.has(codename):
                raise refused(f"{who.username} does not have the permission {codename}, which this needs.")
        return await body(args, Session(database, who))

    return opened(place, run)
