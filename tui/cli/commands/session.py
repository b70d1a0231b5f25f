"""`shellback login|logout|whoami`: the session that the other commands act with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from models.clock import database_now
from models.operations import ActorKind, Secret
from models.operations.plan import json_value
from models.operations.rescue.recent import recent_rescues
from models.operations.sign_in.answers import SignInCode, SignInRefused
from models.operations.sign_in.claims import claims_of_process
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.proofs import proven_until
from models.operations.sign_in.session import sign_out
from models.operations.transactions import connection
from tui.cli import secrets, tokens
from tui.cli.exits import Exit
from tui.cli.failure import refused
from tui.cli.output import document, line, note, pairs
from tui.cli.place import locate
from tui.cli.running import MUST_CHANGE, Session, opened, signed_in
from tui.cli.words import minute
from tui.database.role import only_its_tier

if TYPE_CHECKING:
    import argparse

    from models.operations.sign_in.answers import SignedIn
    from tui.database import Database


def login(args: argparse.Namespace) -> int:
    """`login`."""
    place = locate(args)
    password = secrets.take_password(args, f"Password of {args.username}")

    async def body(database: Database) -> int:
        who = await sign_in(args.username, password, kind=ActorKind.CLI, claims=claims_of_process())
        if isinstance(who, SignInRefused) and who.code is SignInCode.CODE_NEEDED:
            code = secrets.take_code(args)
            who = await sign_in(args.username, password, code=code, kind=ActorKind.CLI, claims=claims_of_process())
        if isinstance(who, SignInRefused):
            raise refused(who.sentence + only_its_tier(database.role))
        assert who.token is not None
        if who.must_change_password:
            await sign_out(who.token, kind=ActorKind.CLI, claims=claims_of_process())
            raise refused(f"{who.username} {MUST_CHANGE}")
        if not args.porcelain:
            tokens.keep(place.state, place.identity, who.token.reveal(), who.username)
        _tell(args, who)
        for sentence in await recent_rescues() if who.permissions.is_superuser else ():
            note(f"shellback: {sentence}")
        return Exit.DONE

    return opened(place, body)


def _tell(args: argparse.Namespace, who: SignedIn) -> None:
    token = who.token.reveal() if args.porcelain and who.token else None
    if args.json:
        document({"session": session_json(who) | ({"token": token} if token else {})})
    elif token:
        sys.stdout.write(token + "\n")
    else:
        line(f"Signed in as {who.username} until {minute(who.expires_at)} UTC.")


def logout(args: argparse.Namespace) -> int:
    """`logout`. The file goes first: whatever the database says, this machine does not keep the token."""
    place = locate(args)
    kept = tokens.find(place.state, place.identity)
    if kept is None:
        line(f"Nobody was signed in to {place.url.label}.") if not args.json else document({"ended": False})
        return Exit.DONE
    if not kept.from_environment:
        tokens.forget(place.state, place.identity)

    async def body(_: Database) -> int:
        ended = await sign_out(Secret(kept.token), kind=ActorKind.CLI, claims=claims_of_process())
        if args.json:
            document({"ended": ended})
        else:
            line("Signed out." if ended else "The session was over already.")
        if kept.from_environment:
            note("SHELLBACK_TOKEN is still set in this shell, and worth nothing now.")
        return Exit.DONE

    return opened(place, body)


def whoami(args: argparse.Namespace) -> int:
    """`whoami`."""
    return signed_in(args, _whoami)


async def _whoami(args: argparse.Namespace, session: Session) -> int:
    who, client = session.who, connection()
    proofs = await proven_until(client, who.session_id, await database_now(client))
    if args.json:
        told = session_json(who) | {"confirmed": {kind: json_value(until) for kind, until in proofs.items()}}
        document({"session": told, "database": session.database.label})
        return Exit.DONE
    roles = [source.role for source in who.permissions.sources]
    pairs(
        [
            ("account", f"{who.username} #{who.actor.user_id}"),
            ("database", session.database.label),
            ("roles", ", ".join((["superuser"] if who.permissions.is_superuser else []) + roles) or "none"),
            ("may", "everything" if who.permissions.is_superuser else ", ".join(sorted(who.permissions.codenames))),
            ("until", f"{minute(who.expires_at)} UTC"),
            ("confirmed", ", ".join(f"{kind} until {until:%H:%M} UTC" for kind, until in proofs.items()) or "nothing"),
        ]
    )
    return Exit.DONE


def session_json(who: SignedIn) -> dict[str, Any]:
    """Who acts, as the documents have it. Never the token."""
    return {
        "user_id": who.actor.user_id,
        "username": who.username,
        "is_superuser": who.permissions.is_superuser,
        "roles": [source.role for source in who.permissions.sources],
        "permissions": sorted(who.permissions.codenames),
        "expires_at": json_value(who.expires_at),
    }
