"""`shellback changes list|stage|commit|discard`: the changeset that the interface shows, from a prompt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.operations import Status
from models.operations.changesets.commit import apply_changeset, plan_changeset
from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import MOST, StagedEdit
from models.operations.presence import field_names
from models.operations.text import counted
from models.permissions import Codename
from tui.cli.accounts import find_account
from tui.cli.consent import ask, check_can_ask
from tui.cli.exits import Exit
from tui.cli.failure import Failure, refused
from tui.cli.fields import read_values
from tui.cli.output import document, line, note
from tui.cli.plans import EXITS, note_doubt, print_obstacles, refusal_words, value_words
from tui.cli.proofs import with_proof
from tui.cli.running import Session, signed_in
from tui.cli.words import minute
from tui.cli.writing import to_the_end
from tui.settings import state_dir
from tui.staging import StagingError, change, load, shelf_for
from tui.staging.edits import judged, taken_up

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from models.operations.changesets.rows import Row
    from models.operations.changesets.values import ChangesetOutcome, ChangesetPlan
    from tui.staging import Shelf

NOTHING = "Nothing is staged."


def list_changes(args: argparse.Namespace) -> int:
    """`changes list`."""

    async def body(args: argparse.Namespace, session: Session) -> int:
        kept = load(_shelf(session))
        plan = await plan_changeset(session.who.actor, kept.edits)
        if args.json:
            document({"changeset": plan.as_json(), "problem": kept.problem or None})
        else:
            if kept.problem:
                note(f"shellback: {kept.problem}")
            _print_plan(plan, line)
        return Exit.FAILED if kept.problem else Exit.DONE

    return signed_in(args, body, Codename.USERS_VIEW)


def stage(args: argparse.Namespace) -> int:
    """`changes stage`."""
    values = read_values(args.values)

    async def body(args: argparse.Namespace, session: Session) -> int:
        _check_writable(session, "staged")
        account, shelf = await find_account(args.user), _shelf(session)
        edits = _kept(shelf)
        earlier = next((each for each in edits if each.user_id == account.id), None)
        base, staged = (account, {}) if earlier is None else taken_up(earlier, account)[:2]
        edit = StagedEdit.of(base, {**staged, **values}, datetime.now(UTC))
        row = await judged(session.who.actor, edits, edit)
        if row is not None and not row.is_sound:
            print_obstacles(row.plan, note)
            code = Exit.REFUSED if row.plan.refusals else Exit.FAILED
            raise Failure(f"Nothing was staged of {edit.target}.", code)
        count = len(change(shelf, _replacing(edit)))
        _say_staged(args, edit, row, count)
        return Exit.DONE

    return signed_in(args, body, Codename.USERS_VIEW)


def _replacing(edit: StagedEdit) -> Callable[[tuple[StagedEdit, ...]], tuple[StagedEdit, ...]]:
    def replaced(edits: tuple[StagedEdit, ...]) -> tuple[StagedEdit, ...]:
        others = tuple(each for each in edits if each.user_id != edit.user_id)
        if not edit.touched:
            return others
        if len(others) >= MOST:
            raise Failure(f"A changeset holds at most {MOST} users. Commit it, or discard some, then stage more.")
        if len(others) == len(edits):
            return (*edits, edit)
        return tuple(edit if each.user_id == edit.user_id else each for each in edits)

    return replaced


def _say_staged(args: argparse.Namespace, edit: StagedEdit, row: Row | None, count: int) -> None:
    if args.json:
        document({"staged": edit.as_json(), "row": row.as_json() if row else None, "users": count})
    elif not edit.touched:
        line(f"Nothing differs: {edit.target} is not staged.")
    else:
        line(f"Staged {field_names(list(edit.touched))} of {edit.target}: {counted(count, 'user')} in the changeset.")
    if row is not None and row.state.blocks:
        note(f"Not ready to be committed: {row.sentence}")


def commit(args: argparse.Namespace) -> int:
    """`changes commit`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        shelf = _shelf(session)
        edits = _kept(shelf)
        plan = await plan_changeset(session.who.actor, edits, reason=args.reason, ticket=args.ticket)
        if args.dry_run:
            if args.json:
                document({"plan": plan.as_json()})
            else:
                _print_plan(plan, line)
            return _exit_of(plan.rows)
        _check_writable(session, "changed")
        if not any(row.state.blocks for row in plan.rows):
            plan = await with_proof(session.who.actor, plan)
        if plan.is_allowed and edits and not args.yes:
            _print_plan(plan, note)
            ask(args, f"Commit {counted(plan.fields, 'field')} of {counted(len(edits), 'user')} in one transaction?")
        outcome = await to_the_end(_commit(plan, shelf))
        _report(args, outcome)
        return _exit_of_outcome(outcome)

    return signed_in(args, body, Codename.USERS_VIEW)


async def _commit(plan: ChangesetPlan, shelf: Shelf) -> ChangesetOutcome:
    """A plan that is known to be stopped is tried all the same: it is stopped again under lock, and recorded."""
    outcome = await apply_changeset(plan)
    if outcome.is_ok:
        done = [row.edit for row in outcome.rows if row.state in {RowState.WRITTEN, RowState.UNCHANGED}]
        try:
            change(shelf, lambda edits: tuple(each for each in edits if each not in done))
        except StagingError as error:  # it is written all the same, and the next commit finds that it is so already
            note(f"shellback: {error.sentence}")
    return outcome


def discard(args: argparse.Namespace) -> int:
    """`changes discard`."""
    check_can_ask(args)

    async def body(args: argparse.Namespace, session: Session) -> int:
        shelf = _shelf(session)
        gone = _named(_kept(shelf), args.users)
        if not args.dry_run and gone and not args.yes:
            for edit in gone:
                note(f"{edit.target}: {field_names(list(edit.touched))}")
            ask(args, f"Discard the staged edits of {counted(len(gone), 'user')}?")
        if not args.dry_run:
            change(shelf, lambda edits: tuple(each for each in edits if each not in gone))
        if args.json:
            document({"discarded": [edit.as_json() for edit in gone], "dry_run": args.dry_run})
        elif not gone:
            line(NOTHING)
        else:
            done = "Would discard" if args.dry_run else "Discarded"
            line(f"{done} the staged edits of {counted(len(gone), 'user')}. Nothing changed in the database.")
        return Exit.DONE

    return signed_in(args, body, Codename.USERS_VIEW)


def _named(edits: Sequence[StagedEdit], users: Sequence[str]) -> list[StagedEdit]:
    """Return the edits of these users, or all of them. The user may be gone: what was staged names it."""
    if not users:
        return list(edits)
    found = []
    for user in users:
        name = user.removeprefix("name:")
        match = [edit for edit in edits if (str(edit.user_id) if user.isdecimal() else edit.target.label) == name]
        if not match:
            raise Failure(f"No edit of {user} is staged.", Exit.FAILED, kind="not_found")
        found += match
    return found


def _shelf(session: Session) -> Shelf:
    return shelf_for(state_dir(), session.database.url.identity, session.who.actor.user_id or 0)


def _kept(shelf: Shelf) -> tuple[StagedEdit, ...]:
    kept = load(shelf)
    if kept.problem:
        raise Failure(kept.problem, Exit.FAILED, kind="staging")
    return kept.edits


def _check_writable(session: Session, what: str) -> None:
    if session.database.read_only:
        raise refused(f"{session.database.label} is open read-only; nothing was {what}.")


# Words --------------------------------------------------------------------------------------------------------------


def _print_plan(plan: ChangesetPlan, say: Callable[[object], None]) -> None:
    if not plan.rows:
        say(NOTHING)
        return
    for row in plan.rows:
        _print_row(row, say)
    for refusal in plan.refusals:
        say(refusal_words(refusal))
    say(f"{counted(len(plan.rows), 'user')}, {counted(plan.fields, 'field')} to write")


def _print_row(row: Row, say: Callable[[object], None]) -> None:
    edit = row.edit
    email = f" {edit.target.email}" if edit.target.email else ""
    say(f"{edit.target}{email}  {row.state}  staged {minute(edit.staged_at)}")
    theirs = {conflict.field: conflict for conflict in row.conflicts}
    for name, value in edit.touched.items():
        now = f", now {value_words(theirs[name].theirs)}" if name in theirs else ""
        by = f" by {theirs[name].by}" if name in theirs and theirs[name].by else ""
        say(f"  {name}: {value_words(edit.base.get(name))} -> {value_words(value)}{now}{by}")
    for effect in row.plan.effects:
        say(f"  also: {effect}")
    print_obstacles(row.plan, say)
    if row.state is RowState.GONE:
        say(f"  {row.sentence}")


def _report(args: argparse.Namespace, outcome: ChangesetOutcome) -> None:
    if args.json:
        document({"outcome": outcome.as_json()})
    elif outcome.is_ok:
        line(outcome.sentence if outcome.rows else NOTHING)
    if outcome.is_ok:
        return
    note(f"shellback: {outcome.sentence}")
    note_doubt(outcome.status, outcome.plan.op_id)
    if not args.json:
        for row in outcome.blocked:
            _print_row(row, note)


def _exit_of_outcome(outcome: ChangesetOutcome) -> Exit:
    return _exit_of(outcome.rows) if outcome.blocked else EXITS[outcome.status]


def _exit_of(rows: Sequence[Row]) -> Exit:
    """What the rows end a commit with: a rule before a conflict, a conflict before a value that cannot be taken."""
    blocked = [row for row in rows if row.state.blocks]
    if any(row.plan.refusals for row in blocked):
        return EXITS[Status.REFUSED]
    if any(row.state in {RowState.CONFLICT, RowState.GONE} for row in blocked):
        return EXITS[Status.CONFLICT]
    return Exit.FAILED if blocked else Exit.DONE
