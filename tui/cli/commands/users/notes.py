"""`shellback users notes`: list, add, pin, unpin and delete."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from models.operations.notes import LONGEST, plan_add_note, plan_delete_note, plan_pin
from models.operations.plan import json_value
from models.permissions import Codename
from tui.browse.user.detail import load_notes
from tui.cli.accounts import find_account
from tui.cli.consent import check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import usage
from tui.cli.output import document, line
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.cli.writing import carry_out

if TYPE_CHECKING:
    import argparse

    from models import Account
    from models.operations import Plan
    from tui.browse.user.detail import Note

LARGEST = 2**63 - 1
QUESTIONS = {"add": "Write on", "pin": "Pin a note of", "unpin": "Unpin a note of", "delete": "Delete a note of"}


def notes(args: argparse.Namespace) -> int:
    """`users notes`."""
    if args.deed == "list":
        if args.what is not None or args.pinned:
            raise usage("To list notes takes no more than the user")
        return signed_in(args, _list, Codename.USERS_VIEW)
    if args.what is None:
        raise usage(f"{args.deed} takes {'the text of the note' if args.deed == 'add' else 'the number of a note'}")
    if args.pinned and args.deed != "add":
        raise usage("--pinned goes with add")
    if args.deed == "add" and args.what == "-" and not args.yes and not args.dry_run:
        raise usage("Standard input holds the note, so that nothing can be asked there: add --yes")
    check_can_ask(args)
    what: str | int = _text(args.what) if args.deed == "add" else _number(args.what)

    async def body(args: argparse.Namespace, session: Session) -> int:
        account = await find_account(args.user)
        plan = await _plan(args, session, account, what)
        return await carry_out(args, session.database, plan, QUESTIONS[args.deed])

    return signed_in(args, body, Codename.USERS_VIEW)


async def _plan(args: argparse.Namespace, session: Session, account: Account, what: str | int) -> Plan:
    actor, user_id = session.who.actor, account.id
    why = {"reason": args.reason, "ticket": args.ticket}
    if isinstance(what, str):
        return await plan_add_note(actor, user_id, what, pinned=args.pinned, **why)
    if args.deed == "delete":
        return await plan_delete_note(actor, user_id, what, **why)
    return await plan_pin(actor, user_id, what, pinned=args.deed == "pin", **why)


async def _list(args: argparse.Namespace, _: Session) -> int:
    account = await find_account(args.user)
    found = await load_notes(account.id)
    if args.json:
        document({"notes": [note_json(note) for note in found]})
        return Exit.DONE
    if not found:
        line("no notes")
    for note in found:
        line(f"#{note.id}  {minute(note.created_at)}  {note.author}{'  pinned' if note.pinned else ''}")
        for text in note.body.split("\n"):
            line(f"  {text}", limit=LONGEST + 2)
    return Exit.DONE


def note_json(note: Note) -> dict[str, Any]:
    """A note as the document has it."""
    return {
        "id": note.id,
        "author": note.author,
        "created_at": json_value(note.created_at),
        "pinned": note.pinned,
        "body": note.body,
    }


def _text(what: str) -> str:
    """The note; of standard input no more than shows that it is too long."""
    return sys.stdin.read(4 * LONGEST) if what == "-" else what


def _number(what: str) -> int:
    if what.isascii() and what.isdigit() and len(what) <= 19 and 0 < int(what) <= LARGEST:
        return int(what)
    raise usage(f"{what[:40]!r} is not the number of a note")
