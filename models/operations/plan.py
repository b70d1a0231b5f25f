"""The values of a write: who, on whom, what changes, what is refused, and how it ended.

Nothing here touches a database. A plan is computed first, shown (the confirm dialog, ``--dry-run``), applied in one
transaction, recorded in the audit and later inverted by undo: one value for all five.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias
from uuid import UUID, uuid4

from models.operations.audit_text import reason_problem, ticket_problem

if TYPE_CHECKING:
    from models.engines.errors import CommitUnknown
    from models.operations.context import WriteContext, Written
    from models.operations.dependants import Dependant
    from models.operations.proofs import StepUpClass

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value that ``json.dumps`` takes as it is."""

REDACTED = "[redacted]"
REDACTED_CHANGED = "[redacted: changed]"


class Secret:
    """A text that never shows itself: not in ``repr``, ``str``, a format, a pickle, a copy or a traceback of locals."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. The caller puts it on the one place meant for it, and nowhere else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __str__(self) -> str:
        return "(hidden)"

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")


class ActorKind(StrEnum):
    """Through which door the actor came."""

    TUI = "tui"
    CLI = "cli"
    API = "api"
    SYSTEM = "system"


class Action(StrEnum):
    """What a plan does; the audit keeps it as text."""

    CREATE = "users.create"
    CREATE_FIRST_SUPERUSER = "users.create_first_superuser"
    EDIT = "users.edit"
    ACTIVATE = "users.activate"
    DEACTIVATE = "users.deactivate"
    RESET_PASSWORD = "users.reset_password"  # noqa: S105 - the name of an action
    REDEEM_LINK = "users.redeem_link"
    CHANGE_OWN_PASSWORD = "users.change_own_password"  # noqa: S105 - the name of an action
    ENROL_FACTOR = "mfa.enrol"
    CONFIRM_FACTOR = "mfa.confirm"
    REMOVE_FACTOR = "mfa.remove"
    RESET_MFA = "users.reset_mfa"
    LOCK = "users.lock"
    UNLOCK = "users.unlock"
    GRANT_ROLE = "roles.grant"
    REVOKE_ROLE = "roles.revoke"
    CHANGE_GRANT = "roles.change_grant"
    CREATE_ROLE = "roles.create"
    EDIT_ROLE = "roles.edit"
    DELETE_ROLE = "roles.delete"
    REVOKE_SESSIONS = "users.revoke_sessions"
    END_SESSION = "users.end_session"
    ADD_NOTE = "users.add_note"
    PIN_NOTE = "users.pin_note"
    UNPIN_NOTE = "users.unpin_note"
    DELETE_NOTE = "users.delete_note"
    DELETE = "users.delete"
    RESTORE = "users.restore"
    HARD_DELETE = "users.hard_delete"
    SAVE_VIEW = "views.save"
    CHANGE_VIEW = "views.change"
    RENAME_VIEW = "views.rename"
    SHARE_VIEW = "views.share"
    UNSHARE_VIEW = "views.unshare"
    DELETE_VIEW = "views.delete"
    ARCHIVE_AUDIT = "audit.archive"
    EXPORT_AUDIT = "audit.export"
    EXPORT = "users.export"
    IMPORT = "users.import"
    RESCUE = "rescue"
    UNDO = "undo"


class Status(StrEnum):
    """How an apply ended. UNKNOWN is a state of its own: the commit was sent and nobody knows yet."""

    OK = "ok"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"
    GONE = "gone"
    ERROR = "error"
    UNKNOWN = "unknown"


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
class Actor:
    """Who acts. ``user_id`` is the account and ``session_id`` its session, both read again in every write; the rest of
    it are claims of this machine. Without a session (tests, the first superuser) only the account is looked at."""

    user_id: int | None
    label: str
    kind: ActorKind
    os_user: str = ""
    host: str = ""
    ssh_client: str = ""
    sudo_user: str = ""
    session_id: int | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the actor as a JSON object."""
        return {
            "user_id": self.user_id,
            "label": self.label,
            "kind": str(self.kind),
            "os_user": self.os_user,
            "host": self.host,
            "ssh_client": self.ssh_client,
            "sudo_user": self.sudo_user,
        }


@dataclass(frozen=True, slots=True)
class Target:
    """On whom: taken when the plan was made. ``id`` and ``version`` are None for a row that is still to be made."""

    kind: str
    id: int | None
    label: str
    version: int | None = None
    email: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the target as a JSON object."""
        return {"kind": self.kind, "id": self.id, "label": self.label, "version": self.version, "email": self.email}

    def __str__(self) -> str:
        return self.label if self.id is None else f"{self.label} #{self.id}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, JSON-ready and redacted where it is a secret."""

    field: str
    before: Json
    after: Json

    def as_json(self) -> dict[str, Json]:
        """Return the change as a JSON object."""
        return {"field": self.field, "before": self.before, "after": self.after}


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


class Step(Protocol):
    """What a verb does when its plan is applied. Each verb has its own frozen value with what it needs."""

    @property
    def counts_superusers(self) -> bool:
        """Whether every superuser must be locked, because the last one could be lost."""

    async def prepare(self) -> Step:
        """Do the slow work that needs no transaction (a password is hashed); return the step to write with."""

    async def write(self, context: WriteContext, plan: Plan) -> Written:
        """Write inside the transaction of ``context``, after the locks; raise ``Stopped`` to undo all of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A write, computed and not yet done. ``op_id`` is there before it starts: an unknown commit is settled by it."""

    action: Action
    actor: Actor
    target: Target
    step: Step = field(repr=False)
    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    effects: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    reason: str = ""
    ticket: str = ""
    op_id: UUID = field(default_factory=uuid4)
    dependants: tuple[Dependant, ...] = ()
    """What a hard delete reaches besides the target; its `effects` say the same in sentences."""
    undo_of: UUID | None = None
    """The operation that this one takes back."""
    skipped: tuple[Skipped, ...] = ()
    """What an undo leaves as it is."""

    def __post_init__(self) -> None:
        """A reason or a ticket that the audit cannot keep whole is an error, also where it is added to a plan later."""
        others = tuple(error for error in self.errors if error.field not in {"reason", "ticket"})
        object.__setattr__(self, "errors", (*others, *_unkept(self.reason, self.ticket)))

    @property
    def is_allowed(self) -> bool:
        """Whether nothing known now stands against it. The guards decide again inside the transaction."""
        return not self.errors and not self.refusals

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not self.changes

    def as_json(self) -> dict[str, Json]:
        """Return what ``--dry-run --json`` prints: everything but the step, which may hold a secret."""
        return {
            "op_id": str(self.op_id),
            "action": str(self.action),
            "actor": self.actor.as_json(),
            "target": self.target.as_json(),
            "changes": [change.as_json() for change in self.changes],
            "errors": [error.as_json() for error in self.errors],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "effects": list(self.effects),
            "irreversible": list(self.irreversible),
            "dependants": [dependant.as_json() for dependant in self.dependants],
            "undo_of": str(self.undo_of) if self.undo_of else None,
            "skipped": [one.as_json() for one in self.skipped],
            "reason": self.reason,
            "ticket": self.ticket,
        }


def _unkept(reason: str, ticket: str) -> tuple[FieldError, ...]:
    problems = {"reason": reason_problem(reason), "ticket": ticket_problem(ticket)}
    return tuple(FieldError(name, problem) for name, problem in problems.items() if problem)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A COMMIT that was not answered, and what it would have written: enough to ask again, and to say it then."""

    unknown: CommitUnknown
    written: Written


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a plan ended, with one true sentence. ``secret`` is set once, by the verb that generated one.

    ``changes`` is what was written, which can be less than planned (somebody else saved the same) or say more (times).
    ``doubt`` is there while the status is UNKNOWN: `check_again` settles it.
    """

    status: Status
    plan: Plan
    sentence: str
    target: Target
    version: int | None = None
    changes: tuple[Change, ...] = ()
    errors: tuple[FieldError, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    merged: tuple[Merged, ...] = ()
    secret: Secret | None = None
    secret_expires_at: datetime | None = None
    doubt: Doubt | None = field(default=None, repr=False)

    @property
    def op_id(self) -> UUID:
        """The id that the audit knows this by."""
        return self.plan.op_id

    @property
    def is_ok(self) -> bool:
        """Whether what was asked is true now."""
        return self.status in {Status.OK, Status.UNCHANGED}

    def as_json(self) -> dict[str, Json]:
        """Return what ``--json`` prints; a secret is never part of it."""
        return {
            "op_id": str(self.op_id),
            "status": str(self.status),
            "action": str(self.plan.action),
            "sentence": self.sentence,
            "target": self.target.as_json(),
            "version": self.version,
            "changes": [change.as_json() for change in self.changes],
            "errors": [error.as_json() for error in self.errors],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "conflicts": [conflict.as_json() for conflict in self.conflicts],
            "merged": [merged.as_json() for merged in self.merged],
            "secret_expires_at": json_value(self.secret_expires_at),
        }


def json_value(value: object) -> Json:
    """Return a database value as JSON keeps it: times as ISO 8601 in UTC, everything unknown as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value)
