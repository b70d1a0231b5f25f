"""From a recorded action to its opposite. An action without a row here cannot be undone, and says why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from models.operations.context import USER
from models.operations.plan import Action
from models.operations.transactions import connection
from models.operations.undo.case import Case
from models.operations.undo.events import read_event, standing_undos
from models.operations.undo.grants import undo_grant
from models.operations.undo.locks import undo_lock
from models.operations.undo.notes import undo_note
from models.operations.undo.roles import undo_role_creation, undo_role_deletion, undo_role_edit
from models.operations.undo.users import (
    undo_activation,
    undo_creation,
    undo_deactivation,
    undo_deletion,
    undo_edit,
    undo_rescue,
    undo_restoration,
)
from models.operations.undo.views import undo_view

if TYPE_CHECKING:
    from uuid import UUID

    from models.operations.plan import Actor, Plan

Undo: TypeAlias = Callable[[Case], Awaitable["Plan"]]


async def _undo_import(case: Case) -> Plan:
    """A row of an import made a user or changed one."""
    return await (undo_creation(case) if case.event.version_before is None else undo_edit(case))


OPPOSITES: Final[Mapping[str, Undo]] = {
    Action.EDIT: undo_edit,
    Action.CREATE: undo_creation,
    Action.CREATE_FIRST_SUPERUSER: undo_creation,
    Action.IMPORT: _undo_import,
    Action.ACTIVATE: undo_activation,
    Action.DEACTIVATE: undo_deactivation,
    Action.LOCK: undo_lock,
    Action.UNLOCK: undo_lock,
    Action.GRANT_ROLE: undo_grant,
    Action.REVOKE_ROLE: undo_grant,
    Action.CHANGE_GRANT: undo_grant,
    Action.CREATE_ROLE: undo_role_creation,
    Action.EDIT_ROLE: undo_role_edit,
    Action.DELETE_ROLE: undo_role_deletion,
    Action.ADD_NOTE: undo_note,
    Action.PIN_NOTE: undo_note,
    Action.UNPIN_NOTE: undo_note,
    Action.DELETE: undo_deletion,
    Action.RESTORE: undo_restoration,
    Action.RESCUE: undo_rescue,
    Action.SAVE_VIEW: undo_view,
    Action.CHANGE_VIEW: undo_view,
    Action.RENAME_VIEW: undo_view,
    Action.SHARE_VIEW: undo_view,
    Action.UNSHARE_VIEW: undo_view,
    Action.DELETE_VIEW: undo_view,
}
"""What undoes each action."""

NEVER: Final[Mapping[str, str]] = {
    Action.RESET_PASSWORD: "the former password is gone; reset it again if need be",
    Action.REDEEM_LINK: "the former password is gone; reset it again if need be",
    Action.CHANGE_OWN_PASSWORD: "the former password is gone; reset it again if need be",
    Action.REVOKE_SESSIONS: "ended sessions stay ended: the user signs in again",
    Action.END_SESSION: "an ended session stays ended: the user signs in again",
    Action.ADD_NOTE: "delete the note itself instead",
    Action.PIN_NOTE: "unpin the note itself instead",
    Action.UNPIN_NOTE: "pin the note itself instead",
    Action.DELETE_NOTE: "the text of a note is kept nowhere else",
    Action.REMOVE_FACTOR: "a removed authenticator is enrolled anew",
    Action.RESET_MFA: "a removed authenticator is enrolled anew",
    Action.ENROL_FACTOR: "remove the authenticator instead",
    Action.CONFIRM_FACTOR: "remove the authenticator instead",
    Action.DELETE_NOTE: "the text of a note is kept nowhere else",
    Action.HARD_DELETE: "an account that was deleted for good comes back from a backup only",
    Action.EXPORT: "a file was written, and nothing was changed",
    **dict.fromkeys(
        ("db.insert", "db.update", "db.delete", "db.truncate"),
        "it was written past Shellback, by that role of the database; change it here instead",
    ),
}
"""What cannot be undone, and why."""


async def plan_undo(actor: Actor, which: UUID | int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to put back what one operation wrote: by the number of the operation, or by the id of its event.

    What does not hold any more is in `Plan.skipped`. Where nothing could be put back the plan is refused with the
    reason. Raises `NoSuchEvent`, and `TargetGone` where the user or the view is not there any more.
    """
    client = connection()
    event = await read_event(client, which)
    undos = await standing_undos(client, event) if event.outcome == "ok" else []
    case = Case(client, actor, event, tuple(undos), reason, ticket)
    if event.target_id is None and event.batch_id is not None:
        return case.nothing(why="This sums up a batch: undo the batch.")
    if event.outcome != "ok" or event.target_id is None:
        return case.nothing(why="This changed nothing, so that there is nothing to undo.")
    undo = OPPOSITES.get(event.action)
    if undo is None or (event.action in _OF_USERS and event.target_type != USER):
        why = NEVER.get(event.action, "there is no opposite of it")
        return case.nothing(why=f"This cannot be undone: {why}.")
    return await undo(case)


_OF_USERS: Final = frozenset({Action.IMPORT, Action.DELETE, Action.EDIT})
