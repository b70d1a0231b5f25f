"""Notes on a user: write one, pin it on top or unpin it, delete it.

Whoever may edit users or reset passwords writes notes; the author, or whoever may edit users, deletes one. The text is
in `user_notes` only: the audit has the note's number and length, so that what is deleted is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models import UserNote
from models.audit import LABEL_LENGTH
from models.operations.context import Stopped, Written, change, target_of
from models.operations.guards import actor_may, enforce
from models.operations.plan import Action, FieldError, Plan, Refusal, RefusalCode, Status
from models.operations.presence import TargetGone, load_target, present
from models.operations.refused import written_once
from models.operations.text import clipped, counted, grouped, moment
from models.operations.transactions import connection
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tortoise.backends.base.client import BaseDBAsyncClient

    from models.operations.context import Scene, WriteContext
    from models.operations.plan import Actor

LONGEST: Final = 4000
"""Characters of a note."""
MOST: Final = 200
"""Notes that a user may have: all of them are read at once."""
WRITERS: Final = (Codename.USERS_EDIT, Codename.USERS_RESET_PASSWORD)
"""One of them is enough to write and to pin."""


async def plan_add_note(
    actor: Actor, user_id: int, body: str, *, pinned: bool = False, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan a note on a user, deleted or not. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id, deleted=True)
    text = clean(body)
    return Plan(
        Action.ADD_NOTE,
        actor,
        target_of(scene.account),
        AddNoteStep(text, pinned),
        (change("note", None, _size(text)), *((change("note_pinned", None, True),) if pinned else ())),
        problems(text),
        tuple(_may_write(scene)),
        ("everybody who may see users reads it", *(("it stands first, and on the reset dialog",) if pinned else ())),
        reason=reason,
        ticket=ticket,
    )


async def plan_pin(
    actor: Actor, user_id: int, note_id: int, *, pinned: bool = True, reason: str = "", ticket: str = ""
) -> Plan:
    """Plan to pin a note on top, or to unpin it; nothing to change where it is so. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id, deleted=True)
    note = await _note(client, user_id, note_id)
    return Plan(
        Action.PIN_NOTE if pinned else Action.UNPIN_NOTE,
        actor,
        target_of(scene.account),
        PinStep(note_id, pinned),
        () if note.pinned is pinned else (change("note_pinned", note.pinned, pinned),),
        refusals=tuple(_may_write(scene)),
        effects=(_which(note), *(("it stands first, and on the reset dialog",) if pinned else ())),
        reason=reason,
        ticket=ticket,
    )


async def plan_delete_note(actor: Actor, user_id: int, note_id: int, *, reason: str = "", ticket: str = "") -> Plan:
    """Plan to delete a note for good. Raises `TargetGone`."""
    client = connection()
    scene = await load_target(client, actor, user_id, deleted=True)
    note = await _note(client, user_id, note_id)
    return Plan(
        Action.DELETE_NOTE,
        actor,
        target_of(scene.account),
        DeleteNoteStep(note_id),
        (change("note", _named(note), None),),
        refusals=tuple(_may_delete(scene, note)),
        effects=(_which(note),),
        irreversible=("the text is kept nowhere else",),
        reason=reason,
        ticket=ticket,
    )


@dataclass(frozen=True, slots=True)
class AddNoteStep:
    """The text as it is stored."""

    body: str
    pinned: bool
    counts_superusers: bool = False

    async def prepare(self) -> AddNoteStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Insert the note, unless there are too many. The row of the user is locked: nobody else adds one now."""
        account = await present(context, plan, deleted=True)
        enforce(_may_write(context.scene), context.scene)
        notes = UserNote.filter(user_id=account.id).using_db(context.connection)
        if await notes.count() >= MOST:
            full = f"{plan.target} has {MOST} notes, which is all that a user may have. Delete one first."
            raise Stopped(Status.REFUSED, full, errors=(FieldError("body", full),))
        note = await UserNote.create(
            using_db=context.connection,
            user_id=account.id,
            author_id=plan.actor.user_id,
            author_label=clipped(plan.actor.label, LABEL_LENGTH),
            body=self.body,
            pinned=self.pinned,
            created_at=context.scene.now,
        )
        changes = [change("note", None, _named(note))]
        if self.pinned:
            changes.append(change("note_pinned", None, True))
        return Written(
            target_of(account),
            f"Note #{note.id} stands on {plan.target}.",
            tuple(changes),
            account.version,
            account.version,
            meta={"note": note.id},
        )


@dataclass(frozen=True, slots=True)
class PinStep:
    """Which note, and whether it is pinned afterwards."""

    note_id: int
    pinned: bool
    counts_superusers: bool = False

    async def prepare(self) -> PinStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Set the flag of a note that is still there."""
        account = await present(context, plan, deleted=True)
        enforce(_may_write(context.scene), context.scene)
        note = await _still(context, account.id, self.note_id)
        done = "pinned" if self.pinned else "not pinned"
        if note.pinned is self.pinned:
            raise Stopped(Status.UNCHANGED, f"Note #{note.id} is {done} already.", version=account.version)
        rows = UserNote.filter(id=note.id).using_db(context.connection)
        written_once(await rows.update(pinned=self.pinned))
        return Written(
            target_of(account),
            f"Note #{note.id} on {plan.target} is {done} now.",
            (change("note_pinned", note.pinned, self.pinned),),
            account.version,
            account.version,
            meta={"note": note.id},
        )


@dataclass(frozen=True, slots=True)
class DeleteNoteStep:
    """Which note."""

    note_id: int
    counts_superusers: bool = False

    async def prepare(self) -> DeleteNoteStep:
        """Nothing to do beforehand."""
        return self

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Delete a note that is still there."""
        account = await present(context, plan, deleted=True)
        note = await _still(context, account.id, self.note_id)
        enforce(_may_delete(context.scene, note), context.scene)
        written_once(await UserNote.filter(id=note.id).using_db(context.connection).delete())
        return Written(
            target_of(account),
            f"Note #{note.id} on {plan.target} is deleted.",
            (change("note", _named(note), None),),
            account.version,
            account.version,
            meta={"note": note.id},
        )


def clean(body: str) -> str:
    """Return a note as it is stored: line ends as line feeds, no blank lines around it. What acts on a terminal stays:
    it is made visible wherever it is shown."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    return clipped(lines, len(lines)).strip()


def problems(text: str) -> tuple[FieldError, ...]:
    """Return what is wrong with the text of a note."""
    if not text:
        return (FieldError("body", "A note says something."),)
    if len(text) > LONGEST:
        words = f"A note has at most {grouped(LONGEST)} characters; this one has {grouped(len(text))}."
        return (FieldError("body", words),)
    return ()


def _may_write(scene: Scene) -> Iterator[Refusal]:
    yield from actor_may(scene)
    if scene.actor is not None and not any(scene.actor.permissions.has(codename) for codename in WRITERS):
        words = f"This needs the permission {' or '.join(WRITERS)}, which you do not have."
        yield Refusal(RefusalCode.PERMISSION, words)


def _may_delete(scene: Scene, note: UserNote) -> Iterator[Refusal]:
    """The author may take back what he wrote, whatever he may do by now."""
    yield from actor_may(scene)
    actor = scene.actor
    if actor is None or note.author_id == actor.account.id or actor.permissions.has(Codename.USERS_EDIT):
        return
    words = f"Only {note.author_label}, who wrote it, or somebody with the permission users.edit may delete this note."
    yield Refusal(RefusalCode.PERMISSION, words)


async def _note(client: BaseDBAsyncClient, user_id: int, note_id: int) -> UserNote:
    if not 0 < note_id < 2**63:
        raise TargetGone(_GONE.format(note_id))
    note = await UserNote.get_or_none(id=note_id, user_id=user_id, using_db=client)
    if note is None:
        raise TargetGone(_GONE.format(note_id))
    return note


_GONE: Final = "There is no note #{} on this user any more."


async def _still(context: WriteContext, user_id: int, note_id: int) -> UserNote:
    try:
        return await _note(context.connection, user_id, note_id)
    except TargetGone as gone:
        raise Stopped(Status.GONE, f"{gone.sentence} Nothing was changed.") from None


def _size(text: str) -> str:
    return counted(len(text), "character")


def _named(note: UserNote) -> str:
    return f"#{note.id}, {_size(note.body)}"


def _which(note: UserNote) -> str:
    return f"the note of {note.author_label} of {moment(note.created_at)}, {_size(note.body)}"
