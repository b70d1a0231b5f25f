"""What each row of a changeset comes to, as the database is: written, already so, clashing, gone, forbidden. Pure.

It is judged twice from the same scene: without locks to be shown, and under lock where it counts. A row is judged with
the others: two that want one name, a name that another row gives up, the last superuser over the whole set.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from models.lookalikes import skeleton
from models.operations.context import Scene, change
from models.operations.edit import EditStep, Rebase, edit_refusals, link_effects, rebased
from models.operations.plan import Action, FieldError, Plan, RefusalCode, json_value
from models.operations.presence import RESTORABLE, field_names
from models.operations.text import moment
from models.operations.values import cleaned, stored, taken_error, unknown_fields
from models.usernames import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models import Account
    from models.operations.changesets.scene import SetScene
    from models.operations.changesets.staged import StagedEdit
    from models.operations.plan import Actor, FieldConflict, Json, Merged, Refusal


MERGE_IT: Final = "Choose what to keep."
"""Said of a conflict."""


class RowState(StrEnum):
    """What a row comes to. Only READY and UNCHANGED ones let the changeset be written."""

    READY = "ready"
    WRITTEN = "written"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    GONE = "gone"
    REFUSED = "refused"
    INVALID = "invalid"

    @property
    def blocks(self) -> bool:
        """Whether nothing of the changeset is written because of such a row."""
        return self not in {RowState.READY, RowState.WRITTEN, RowState.UNCHANGED}


@dataclass(frozen=True, slots=True)
class Row:
    """One user of a changeset. `values` is what is left to write on `account`, the row as it was just read.

    `plan` names the target, the changes, what stands against them, and their effects. `is_sound`: what stands against
    it, if anything, lies with other users (a name that is taken, the last superuser) and may pass by itself.
    """

    edit: StagedEdit
    plan: Plan
    state: RowState
    sentence: str
    account: Account | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    conflicts: tuple[FieldConflict, ...] = ()
    merged: tuple[Merged, ...] = ()
    is_sound: bool = True
    version_after: int | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the row as a JSON object."""
        return {
            "state": str(self.state),
            "sentence": self.sentence,
            "target": self.plan.target.as_json(),
            "changes": [change.as_json() for change in self.plan.changes],
            "errors": [error.as_json() for error in self.plan.errors],
            "refusals": [refusal.as_json() for refusal in self.plan.refusals],
            "effects": list(self.plan.effects),
            "conflicts": [conflict.as_json() for conflict in self.conflicts],
            "merged": [merged.as_json() for merged in self.merged],
            "staged_at": json_value(self.edit.staged_at),
            "version": self.version_after if self.version_after is not None else self.edit.version,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What all rows of a changeset share. `op_id` is the number of the whole: each audit row has it."""

    actor: Actor
    reason: str = ""
    ticket: str = ""
    op_id: UUID = field(default_factory=uuid4)

    def plan(self, edit: StagedEdit, values: Mapping[str, object], before: Mapping[str, object]) -> Plan:
        """Return the plan of one row, with its changes."""
        return Plan(
            Action.EDIT,
            self.actor,
            edit.target,
            EditStep(edit.base, edit.touched),
            tuple(change(name, before.get(name), value) for name, value in values.items()),
            reason=self.reason,
            ticket=self.ticket,
            op_id=self.op_id,
        )


@dataclass(slots=True)
class _Draft:
    """A row while it is judged."""

    edit: StagedEdit
    good: dict[str, object]
    errors: list[FieldError]
    account: Account | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    rebase: Rebase | None = None
    conflicts: tuple[FieldConflict, ...] = ()
    taken: list[FieldError] = field(default_factory=list)
    refusals: tuple[Refusal, ...] = ()


def judge(asked: Asked, edits: Sequence[StagedEdit], scene: SetScene) -> tuple[Row, ...]:
    """Return what each edit comes to, in their order."""
    drafts = [_rebase(edit, scene) for edit in edits]
    finals = {draft.edit.user_id: draft.values for draft in drafts if draft.values}
    _find_taken(drafts, finals, scene)
    _find_look_alikes(drafts, finals, scene)
    after = _superusers_after(finals, scene)
    for draft in drafts:
        if draft.account is not None:
            rules = edit_refusals(_scene_of(draft.edit, scene, after), draft.values or draft.good)
            # The password is asked for once, for the whole changeset.
            draft.refusals = tuple(one for one in rules if one.code is not RefusalCode.STEP_UP)
    return tuple(_finished(asked, draft, scene) for draft in drafts)


def _rebase(edit: StagedEdit, scene: SetScene) -> _Draft:
    good, errors = cleaned({name: value for name, value in edit.touched.items() if name in edit.base})
    draft = _Draft(edit, good, [*unknown_fields(edit.touched), *errors])
    party = scene.parties.get(edit.user_id)
    if party is None or party.account.deleted_at is not None:
        return draft
    draft.account = party.account
    step = EditStep(edit.base, {name: value for name, value in good.items() if edit.base[name] != value})
    if edit.saw(party.account):
        draft.values = step.touched
        return draft
    found = rebased(step, party.account, scene.authors.get(edit.user_id, {}))
    if isinstance(found, Rebase):
        draft.rebase, draft.values = found, found.values
    else:
        draft.conflicts = found
        draft.values = step.touched
    return draft


# Names --------------------------------------------------------------------------------------------------------------


def _find_taken(drafts: Sequence[_Draft], finals: Mapping[int, Mapping[str, object]], scene: SetScene) -> None:
    for name, column, holders in (("username", "username_key", scene.usernames), ("email", "email_key", scene.emails)):
        new = {user_id: stored(values)[column] for user_id, values in finals.items() if name in values}
        wanted = Counter(wish for wish in new.values() if wish is not None)
        for draft in drafts:
            wish = new.get(draft.edit.user_id)
            if wish is None:
                continue
            holder = holders.get(str(wish))
            if wanted[wish] > 1:
                word = "username" if name == "username" else "e-mail address"
                draft.taken.append(FieldError(name, f"Another user of this changeset gets the same {word}."))
            elif holder not in {None, draft.edit.user_id} and (holder not in new or new[holder] == wish):
                draft.taken.append(taken_error(name))


def _find_look_alikes(drafts: Sequence[_Draft], finals: Mapping[int, Mapping[str, object]], scene: SetScene) -> None:
    """Two names that a person cannot tell apart: that of somebody else, or of another row, once all is written."""
    new = {user_id: str(values["username"]) for user_id, values in finals.items() if "username" in values}
    if not new:
        return
    looks: dict[str, list[tuple[int, str]]] = {}
    stays = [(user_id, username) for user_id, username in scene.alike if user_id not in new]
    for user_id, username in [*stays, *new.items()]:
        looks.setdefault(skeleton(username), []).append((user_id, username))
    for draft in drafts:
        name = new.get(draft.edit.user_id)
        if name is None or draft.taken:
            continue
        for other_id, other in looks[skeleton(name)]:
            if other_id != draft.edit.user_id and key(other) != key(name):
                sentence = f"This looks like {other} (#{other_id}). Choose one that does not."
                draft.taken.append(FieldError("username", sentence))
                break


# Rules --------------------------------------------------------------------------------------------------------------


def _superusers_after(finals: Mapping[int, Mapping[str, object]], scene: SetScene) -> dict[int, bool]:
    """Return the superusers that are active once all is written: by id, whether they stay so for good."""
    accounts = {account.id: account for account in scene.superusers}
    if accounts:
        accounts |= {user_id: scene.parties[user_id].account for user_id in finals}
    found = {}
    for user_id, account in accounts.items():
        values = finals.get(user_id, {})
        ends = values.get("expires_at", account.expires_at)
        live = account.is_active and account.deleted_at is None
        if live and values.get("is_superuser", account.is_superuser):
            if ends is None:
                found[user_id] = True
            elif isinstance(ends, datetime) and ends > scene.now:
                found[user_id] = False
    return found


def _scene_of(edit: StagedEdit, scene: SetScene, after: Mapping[int, bool]) -> Scene:
    """The scene of one row: the other superusers are those that the whole changeset leaves."""
    others = [lasts for user_id, lasts in after.items() if user_id != edit.user_id]
    target = scene.parties.get(edit.user_id)
    return Scene(scene.now, scene.actor, target, len(others), sum(others), scene.session_over, scene.proofs)


# Words --------------------------------------------------------------------------------------------------------------


def _finished(asked: Asked, draft: _Draft, scene: SetScene) -> Row:
    edit, account = draft.edit, draft.account
    before: Mapping[str, object] = edit.base
    if account is not None:
        before = {name: getattr(account, name) for name in edit.base}
    plan = asked.plan(edit, draft.values if account is not None else draft.good, before)
    if account is None:
        return Row(edit, plan, RowState.GONE, _gone(edit, scene))
    errors = (*draft.errors, *draft.taken)
    effects = link_effects(scene.links.get(edit.user_id, 0)) if "email" in draft.values else ()
    plan = replace(plan, errors=errors, refusals=draft.refusals, effects=effects)
    merged = draft.rebase.merged if draft.rebase is not None else ()
    state, sentence = _verdict(draft, plan)
    is_sound = not draft.errors and all(one.code is RefusalCode.LAST_SUPERUSER for one in draft.refusals)
    return Row(edit, plan, state, sentence, account, draft.values, draft.conflicts, merged, is_sound)


def _verdict(draft: _Draft, plan: Plan) -> tuple[RowState, str]:
    if draft.conflicts:
        names = field_names([one.field for one in draft.conflicts])
        return RowState.CONFLICT, f"{names} of {plan.target} changed meanwhile{_authors(draft.conflicts)}. {MERGE_IT}"
    if plan.errors:
        return RowState.INVALID, " ".join(f"{field_names([one.field])}: {one.sentence}" for one in plan.errors)
    if not draft.values:
        return RowState.UNCHANGED, f"{plan.target} already has these values."
    if plan.refusals:
        return RowState.REFUSED, " ".join(one.reason for one in plan.refusals)
    rebase = draft.rebase or Rebase(draft.values, (), {})
    return RowState.READY, rebase.sentence(plan)


def _authors(conflicts: Sequence[FieldConflict]) -> str:
    named = sorted({(one.by, one.at) for one in conflicts if one.by and one.at}, key=lambda each: each[1], reverse=True)
    return f", by {named[0][0]} at {moment(named[0][1])}" if named else ""


def _gone(edit: StagedEdit, scene: SetScene) -> str:
    author = scene.deleters.get(edit.user_id)
    who = f"was deleted by {author.label} at {moment(author.at)}" if author else "does not exist any more"
    return f"{edit.target} {who}." + (f" {RESTORABLE}" if edit.user_id in scene.parties else "")


def blocking(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that keep the changeset from being written, in their order."""
    return (row for row in rows if row.state.blocks)
