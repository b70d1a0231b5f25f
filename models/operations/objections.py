"""What stands against a write: rules that refuse it, values that cannot be taken, what others changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from models.operations.parties import Json, json_value

if TYPE_CHECKING:
    from datetime import datetime

    from models.operations.parties import Target
    from models.operations.sign_in.proofs import StepUpClass


class RefusalCode(StrEnum):
    """Why something is refused, for programs; ``Refusal.reason`` says it to people."""

    PERMISSION = "permission"
    ACTOR_GONE = "actor_gone"
    ACTOR_INACTIVE = "actor_inactive"
    RANK = "rank"
    SUPERUSER_ONLY = "superuser_only"
    GRANT_WITHOUT_HOLDING = "grant_without_holding"
    YOURSELF = "yourself"
    LAST_SUPERUSER = "last_superuser"
    SUPERUSER_EXISTS = "superuser_exists"
    STATE = "state"
    PLACE = "place"
    REFERRED_TO = "referred_to"
    BAD_LINK = "bad_link"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a refusal
    WRONG_CODE = "wrong_code"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that forbids the plan, with a sentence that says which and for whom. `step_up` is the class whose proof is
    missing, and `permission` the codename, of a refusal with that code."""

    code: RefusalCode
    reason: str
    target: Target | None = None
    step_up: StepUpClass | None = None
    permission: str = ""

    def as_json(self) -> dict[str, Json]:
        """Return the refusal as a JSON object."""
        return {
            "code": str(self.code),
            "reason": self.reason,
            "target": self.target.as_json() if self.target else None,
            "step_up": str(self.step_up) if self.step_up else None,
        }


@dataclass(frozen=True, slots=True)
class FieldError:
    """A value that cannot be taken, with what to do; stands beside its field in a form."""

    field: str
    sentence: str

    def as_json(self) -> dict[str, Json]:
        """Return the error as a JSON object."""
        return {"field": self.field, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """The same field, changed by somebody else meanwhile. ``by`` and ``at`` are None where the audit does not say."""

    field: str
    was: Json
    theirs: Json
    yours: Json
    by: str | None = None
    at: datetime | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the conflict as a JSON object."""
        return {
            "field": self.field,
            "was": self.was,
            "theirs": self.theirs,
            "yours": self.yours,
            "by": self.by,
            "at": json_value(self.at),
        }


@dataclass(frozen=True, slots=True)
class Merged:
    """A field that somebody else changed meanwhile and that was kept as they left it."""

    field: str
    value: Json
    by: str | None = None
    at: datetime | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the kept field as a JSON object."""
        return {"field": self.field, "value": self.value, "by": self.by, "at": json_value(self.at)}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A field that an undo leaves as it is, and why."""

    field: str
    sentence: str

    def as_json(self) -> dict[str, Json]:
        """Return it as a JSON object."""
        return {"field": self.field, "sentence": self.sentence}
