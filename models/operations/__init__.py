"""Every write there is: compute a plan, let a person confirm it, apply it in one transaction.

Planners read and never write; each is one verb and lives with its family. All of them are
``async def plan_verb(actor, ..., *, reason="", ticket="") -> Plan``, and ``apply(plan) -> Outcome`` is the only door to
the database.
"""

from models.operations.plan import (
    Action,
    Actor,
    ActorKind,
    Change,
    FieldConflict,
    FieldError,
    Merged,
    Outcome,
    Plan,
    Refusal,
    RefusalCode,
    Secret,
    Status,
    Target,
)

__all__ = [
    "Action",
    "Actor",
    "ActorKind",
    "Change",
    "FieldConflict",
    "FieldError",
    "Merged",
    "Outcome",
    "Plan",
    "Refusal",
    "RefusalCode",
    "Secret",
    "Status",
    "Target",
]
