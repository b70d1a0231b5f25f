"""Staging from the form of one user: checked with everything else that is staged, then kept on this machine.

What could be written is judged as at the commit. What only others are in the way of (a name that another user still
has) is staged all the same, and said: the other half of a swap may follow.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from models.operations.changesets.rows import RowState
from models.operations.changesets.staged import StagedEdit
from models.operations.changesets.values import row_outcome
from models.operations.presence import field_names
from models.operations.text import counted
from models.operations.values import cleaned
from tui.screens.user.merge import MergeScreen
from tui.screens.work import start_write
from tui.staging.edits import judged, merged_edit, taken_up

if TYPE_CHECKING:
    from models import Account
    from models.operations.changesets.rows import Row
    from tui.screens.user.edit import EditScreen

UNCHECKED = "The database cannot be asked now, so it is checked when it is committed."


CLASHES = "The same changed meanwhile: staging or saving it asks what to keep."


def take_up(screen: EditScreen, account: Account) -> None:
    """Show what is staged of the user already, if anything is."""
    staged = screen.shell.staged.of(account.id)
    if staged is None:
        return
    screen.base, values, clashes = taken_up(staged, account)
    screen.form.load(screen.base)
    screen.form.fill(values)
    when = f"Staged at {staged.staged_at.astimezone():%H:%M} and not committed: {screen.touched_names}."
    screen.say(f"{when} {CLASHES}" if clashes else when)


def is_unsaved(screen: EditScreen) -> bool:
    """Whether something stands in the form that neither the row has nor the changeset."""
    staged = screen.shell.staged.of(screen.base.id) if screen.base is not None else None
    if staged is None:
        return bool(screen.form.touched)
    values, errors = screen.form.values()
    return bool(errors) or cleaned(values)[0] != staged.touched


def stage(screen: EditScreen) -> None:
    """Stage what stands in the form, if it may be."""
    shell, base = screen.shell, screen.base
    if base is None:
        screen.say("A new user is not staged: create it, and stage edits of it then.")
        return
    if shell.staged.refusal:
        screen.complain(shell.staged.refusal)
        return
    values, errors = screen.form.values()
    good, wrong = cleaned(values)
    if errors or wrong:
        screen.form.show_errors((*errors, *wrong))
        return
    screen.form.show_errors(())
    edit = StagedEdit.of(base, good, datetime.now(UTC))
    if not edit.touched and shell.staged.of(edit.user_id) is None:
        screen.say("Nothing was changed yet.")
        return
    work = partial(judged, shell.actor, shell.staged.edits, edit)
    screen.read(work, partial(_judged, screen, edit), group="plan")


def _judged(screen: EditScreen, edit: StagedEdit, row: Row | None) -> None:
    if row is None:
        _put(screen, edit, UNCHECKED)
    elif row.state is RowState.GONE:
        screen.gone(row.sentence)
    elif row.state is RowState.CONFLICT:
        screen.app.push_screen(MergeScreen(row_outcome(row)), partial(_merged, screen, row))
    elif row.is_sound:
        _put(screen, edit, "" if not row.state.blocks else f"Not ready to be committed: {row.sentence}")
    else:
        screen.is_refused(row.plan)


def _merged(screen: EditScreen, row: Row, yours: frozenset[str] | None) -> None:
    if yours is not None:
        _put(screen, merged_edit(row, yours, datetime.now(UTC)), "")


def _put(screen: EditScreen, edit: StagedEdit, caution: str) -> None:
    """Keep it, and say so; `caution` is what stands in the way of a commit."""
    shell = screen.shell

    def kept(_: None) -> None:
        who = str(edit.target)
        if not edit.touched:
            shell.notify(f"Nothing differs any more: {who} is not staged.")
        else:
            count = counted(len(shell.staged), "user")
            shell.notify(f"Staged {field_names(list(edit.touched))} of {who}: {count} in the changeset, key 2.")
        if caution:
            shell.warn(caution)
        screen.dismiss(None)

    start_write(
        shell, screen, f"staging of {edit.target.label}", partial(shell.staged.put, edit), kept, screen.complain
    )
