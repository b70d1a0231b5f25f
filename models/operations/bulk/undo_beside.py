"""What takes back a lock and a grant: the state beside a user. And by what was done, which kind takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from models.operations.bulk.rules import Rule
from models.operations.bulk.undo_kinds import ActivateBack, Back, DeactivateBack, DeleteBack, Kind, RestoreBack
from models.operations.bulk.verdicts import Verdict
from models.operations.bulk.work import moment_json
from models.operations.plan import Action, Json
from models.operations.roles.grants import granted_until
from models.operations.undo.grants import PREFIX, end_of
from models.permissions import Codename

if TYPE_CHECKING:
    from models.operations.bulk.undo_events import Done
    from models.operations.context import Scene


@dataclass(frozen=True, slots=True)
class LockBack:
    """A lock or an unlock: the former lock, while that still matters. Counters stay cleared."""

    action: ClassVar[Action] = Action.LOCK
    losses: ClassVar[tuple[str, ...]] = ("counted failures that were cleared stay cleared",)
    rule: ClassVar[Rule] = Rule(
        (Codename.USERS_UNLOCK,),
        "FALSE",
        ("a.locked_until", "a.lock_cause"),
        join="LEFT JOIN user_auth_state a ON a.user_id = u.id",
        versioned=False,
        not_yourself=True,
    )

    def judge(self, row: Any, done: Done, scene: Scene) -> Back | Verdict:
        """Locked as it was."""
        before, after = done.changes.get("locked_until", [None, None])
        now = moment_json(row["c0"])
        if done.undone is not None:
            return Verdict.UNDONE
        if before == after:
            return Verdict.FOR_GOOD
        if now != after:
            return Verdict.WRITTEN_OVER
        until = before if before is not None and datetime.fromisoformat(before) > scene.now else None
        if until is None and now is None:
            return Verdict.FOR_GOOD
        cause = done.changes.get("lock_cause", [None, None])[0] if until is not None else None
        changes: dict[str, list[Json]] = {"locked_until": [now, until], "lock_cause": [row["c1"], cause]}
        kept = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        return Back(row, done, self, {"locked_until": until, "lock_cause": cause}, kept)


@dataclass(frozen=True, slots=True)
class RoleBack:
    """A role that was granted, or taken away. `beyond`: it allows what the actor may not; `at_most`: until when the
    actor holds that, None for good."""

    role_id: int
    role: str
    beyond: bool
    at_most: datetime | None
    action: ClassVar[Action] = Action.GRANT_ROLE
    losses: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """As granting and taking away."""
        return Rule(
            (Codename.ROLES_GRANT,),
            "FALSE",
            ("g.id", "g.expires_at"),
            join="LEFT JOIN user_roles g ON g.user_id = u.id AND g.role_id = :value",
            value=self.role_id,
            versioned=False,
            not_yourself=True,
            changes_roles=True,
        )

    def judge(self, row: Any, done: Done, scene: Scene) -> Back | Verdict:
        """The grant as it was."""
        name = f"{PREFIX}{self.role}"
        before, after = done.changes[name]
        now = None if row["c0"] is None else granted_until(_moment(row["c1"]))
        if done.undone is not None:
            return Verdict.UNDONE
        if now != after:
            return Verdict.WRITTEN_OVER
        if self.beyond:
            return Verdict.PERMISSION
        until = end_of(before)
        if before is None or (until is not None and until <= scene.now):
            if now is None:
                return Verdict.FOR_GOOD
            return Back(row, done, self, {"held": False}, {name: [now, None]})
        if self.at_most is not None and (until is None or until > self.at_most):
            return Verdict.PERMISSION
        return Back(row, done, self, {"held": True, "expires_at": until}, {name: [now, granted_until(until)]})


ACTIVATE_BACK: Final = ActivateBack()
DEACTIVATE_BACK: Final = DeactivateBack()
RESTORE_BACK: Final = RestoreBack()
DELETE_BACK: Final = DeleteBack()
LOCK_BACK: Final = LockBack()

KINDS: Final[Mapping[str, Kind]] = {
    Action.DEACTIVATE: ACTIVATE_BACK,
    Action.ACTIVATE: DEACTIVATE_BACK,
    Action.DELETE: RESTORE_BACK,
    Action.RESTORE: DELETE_BACK,
    Action.CREATE: DELETE_BACK,
    Action.LOCK: LOCK_BACK,
    Action.UNLOCK: LOCK_BACK,
}
"""By what was done, where that alone says it."""


def _moment(stored: Any) -> datetime | None:
    if stored is None or isinstance(stored, datetime):
        return stored
    read = datetime.fromisoformat(str(stored))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
