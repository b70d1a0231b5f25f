"""What takes back what a batch did to its users, by what it was: whom it may be done to, and what comes back of it.

Each kind judges a row of `facts_sql` beside what the batch did to that user. Writing is in `undo_write`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from models.operations.bulk.rules import Rule
from models.operations.bulk.undo_events import Done
from models.operations.bulk.verdicts import Verdict
from models.operations.bulk.work import moment_json
from models.operations.bulk.work_delete import DeleteWork
from models.operations.bulk.work_state import UNRANKED
from models.operations.plan import Action, Json
from models.operations.values import EDITABLE, FLAG_FIELDS, TIME_FIELDS
from models.permissions import Codename

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.operations.context import Scene

LOST_TOKENS: Final = "ended sessions and void access tokens stay so"


@dataclass(slots=True)
class Back:
    """One user to whom something comes back: `values` are the fields as they were, as JSON; `skipped` are left."""

    row: Any
    done: Done
    kind: Kind
    values: dict[str, Any]
    changes: dict[str, list[Json]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    meta: dict[str, Json] = field(default_factory=dict)

    @property
    def user_id(self) -> int:
        """Whose it is."""
        return int(self.row["id"])


class Kind(Protocol):
    """A way to take something back."""

    @property
    def action(self) -> Action:
        """What the audit calls it."""

    @property
    def rule(self) -> Rule:
        """Whom it may be done to, and what is read of them."""

    @property
    def losses(self) -> tuple[str, ...]:
        """What cannot be undone."""

    def judge(self, row: Any, done: Done, scene: Scene) -> Back | Verdict:
        """Return what comes back of a user whom the rule lets pass, or why nothing does."""


@dataclass(frozen=True, slots=True)
class EditBack:
    """Edited fields. `ranked`: one of them gives a way into the account; `makes_superusers`: one is superuser."""

    ranked: bool
    needs: tuple[Codename, ...]
    makes_superusers: bool
    action: ClassVar[Action] = Action.EDIT
    losses: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """As `edit.edit_refusals`."""
        return Rule(
            self.needs,
            "FALSE",
            tuple(f"u.{name}" for name in EDITABLE),
            ranked=self.ranked,
            versioned=False,
            ends_superusers=self.ranked,
            changes_roles=self.makes_superusers,
        )

    def judge(self, row: Any, done: Done, scene: Scene) -> Back | Verdict:
        """Each field that still holds what was written."""
        present = {name: _value(name, row[f"c{place}"]) for place, name in enumerate(EDITABLE)}
        undone = done.undone or frozenset()
        ours = {name: pair for name, pair in done.changes.items() if name in present}
        back = {
            name: before
            for name, (before, after) in ours.items()
            if name not in undone and present[name] == after and before != after
        }
        if not back:
            if not ours:
                return Verdict.FOR_GOOD
            if undone & ours.keys():
                return Verdict.UNDONE
            same = all(present[name] == before for name, (before, _) in ours.items())
            return Verdict.UNCHANGED if same else Verdict.WRITTEN_OVER
        refused = _refused(back, row, scene)
        if refused is not None:
            return refused
        changes = {name: [present[name], before] for name, before in back.items()}
        return Back(row, done, self, back, changes, tuple(name for name in ours if name not in back))


@dataclass(frozen=True, slots=True)
class ActivateBack:
    """A deactivation, if it is still the same one."""

    action: ClassVar[Action] = Action.ACTIVATE
    losses: ClassVar[tuple[str, ...]] = (LOST_TOKENS,)
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DEACTIVATE,),
        "FALSE",
        ("u.is_active", "u.deactivated_at", "u.deactivation_reason"),
        versioned=False,
    )

    def judge(self, row: Any, done: Done, _: Scene) -> Back | Verdict:
        """Active again."""
        since = moment_json(row["c1"])
        if done.undone is not None:
            return Verdict.UNDONE
        if row["c0"] or since != done.changes.get("deactivated_at", [None, None])[1]:
            return Verdict.WRITTEN_OVER
        changes: dict[str, list[Json]] = {"is_active": [False, True], "deactivated_at": [since, None]}
        if row["c2"] is not None:
            changes["deactivation_reason"] = [row["c2"], None]
        return Back(row, done, self, {}, changes)


@dataclass(frozen=True, slots=True)
class DeactivateBack:
    """An activation: inactive again, with the reason and since when, and without sessions."""

    action: ClassVar[Action] = Action.DEACTIVATE
    losses: ClassVar[tuple[str, ...]] = ("the sessions and access tokens of these users end",)
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DEACTIVATE,),
        "FALSE",
        ("u.is_active", "u.token_version"),
        versioned=False,
        not_yourself=True,
        ends_superusers=True,
    )

    def judge(self, row: Any, done: Done, scene: Scene) -> Back | Verdict:
        """Inactive again."""
        if done.undone is not None:
            return Verdict.UNDONE
        if not row["c0"]:
            return Verdict.WRITTEN_OVER
        since = done.changes.get("deactivated_at", [None, None])[0] or moment_json(scene.now)
        why = done.changes.get("deactivation_reason", [None, None])[0]
        changes: dict[str, list[Json]] = {
            "is_active": [True, False],
            "deactivated_at": [None, since],
            "token_version": [row["c1"], row["c1"] + 1],
        }
        if why is not None:
            changes["deactivation_reason"] = [None, why]
        return Back(row, done, self, {"deactivated_at": since, "deactivation_reason": why}, changes)


@dataclass(frozen=True, slots=True)
class RestoreBack:
    """A soft delete, if it is still the same one: the name and the address come back, the password never."""

    action: ClassVar[Action] = Action.RESTORE
    losses: ClassVar[tuple[str, ...]] = (
        "passwords and authenticators were wiped: nobody signs in to a restored account before a reset",
        LOST_TOKENS,
    )
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_DELETE,),
        "FALSE",
        ("u.username", "u.email", "u.deleted_at"),
        versioned=False,
        deleted=True,
    )

    def judge(self, row: Any, done: Done, _: Scene) -> Back | Verdict:
        """There again."""
        deleted_at = moment_json(row["c2"])
        if done.undone is not None:
            return Verdict.UNDONE
        if deleted_at is None or deleted_at != done.changes.get("deleted_at", [None, None])[1]:
            return Verdict.WRITTEN_OVER
        username = done.changes.get("username", [row["c0"]])[0]
        email = done.changes.get("email", [row["c1"]])[0]
        changes: dict[str, list[Json]] = {"username": [row["c0"], username], "deleted_at": [deleted_at, None]}
        if email != row["c1"]:
            changes["email"] = [row["c1"], email]
        return Back(row, done, self, {"username": username, "email": email}, changes)


@dataclass(frozen=True, slots=True)
class DeleteBack:
    """A creation or a restoration: deleted so that it can be restored."""

    action: ClassVar[Action] = Action.DELETE
    losses: ClassVar[tuple[str, ...]] = DeleteWork.irreversible
    work: ClassVar[DeleteWork] = DeleteWork()

    @property
    def rule(self) -> Rule:
        """As a bulk that deletes; an account that was made is only deleted as it was made."""
        found = DeleteWork.rule
        return Rule(found.needs, found.already, found.columns, versioned=False, not_yourself=True, ends_superusers=True)

    def judge(self, row: Any, done: Done, _: Scene) -> Back | Verdict:
        """Deleted."""
        if done.undone is not None:
            return Verdict.UNDONE
        if done.version_before is None and row["version"] != done.version_after:
            return Verdict.WRITTEN_OVER
        return Back(row, done, self, {}, self.work.changes(row, None))


def field_kind(changes: Mapping[str, Any]) -> EditBack:
    """Return the kind that takes an edit of these fields back."""
    names = changes.keys() & set(EDITABLE)
    needs = [Codename.USERS_EDIT] if names - {"must_change_password"} or not names else []
    if "must_change_password" in names:
        needs.append(Codename.USERS_FORCE_CHANGE)
    return EditBack(not names <= UNRANKED, tuple(needs), "is_superuser" in names)


def _refused(back: Mapping[str, Any], row: Any, scene: Scene) -> Verdict | None:
    """As `edit.edit_refusals`, what the rule does not know of the fields."""
    actor = scene.actor
    if actor is None:
        return Verdict.PERMISSION
    if "is_superuser" in back and not actor.account.is_superuser:
        return Verdict.SUPERUSER
    ends = back.get("is_superuser") is False or back.get("expires_at") is not None
    return Verdict.YOURSELF if ends and actor.account.id == row["id"] else None


def _value(name: str, stored: Any) -> Json:
    """A column as the audit keeps it."""
    if name in FLAG_FIELDS:
        return bool(stored)
    if name in TIME_FIELDS:
        return moment_json(stored)
    return None if stored is None else str(stored)
