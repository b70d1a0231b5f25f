"""The password again, before a command does what cannot be taken back lightly: asked on a terminal, else refused.

A script gives it beforehand, with `shellback confirm CLASS --password-stdin`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from models.operations import Secret
from models.operations.sign_in.step_up import NotProven, missing_proof, step_up
from tui.cli.failure import Failure, refused
from tui.cli.output import note
from tui.cli.secrets import typed_unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.operations import Actor, ChangesetPlan, Plan, Refusal
    from models.operations.bulk import BulkPlan
    from models.operations.importing import ImportPlan
    from models.operations.sign_in.step_up import Proven, StepUpClass

TRIES: Final = 3


P = TypeVar("P", "Plan", "BulkPlan", "ChangesetPlan", "ImportPlan")


async def with_proof(actor: Actor, plan: P) -> P:
    """Return the plan as it may be carried out once the password was given, where that is all that is missing. Raises
    `Failure` where nobody can be asked, or the password was wrong."""
    # Where there is nothing to do, nothing is asked for.
    is_idle = getattr(plan, "is_empty", False) and missing_proof(plan.refusals) is not None
    if not (is_idle or await prove(actor, plan.refusals)):
        return plan
    return replace(plan, refusals=())


async def prove(actor: Actor, refusals: Iterable[Refusal]) -> bool:
    """Ask for the password, and whether that was all that was missing. Raises as `with_proof`."""
    kind = missing_proof(refusals)
    if kind is None:
        return False
    if not sys.stdin.isatty():
        raise refused(
            f"This needs the password of {actor.label} again: shellback confirm {kind} --password-stdin gives it for "
            "five minutes. Nothing was done."
        )
    for _ in range(TRIES):
        answer = await _asked(actor, kind)
        if not isinstance(answer, NotProven):
            return True
        note(f"shellback: {answer.sentence}")
        if answer.is_over or answer.wait:
            break
    raise Failure("The password was not given; nothing was done.", kind="declined")


async def _asked(actor: Actor, kind: StepUpClass) -> Proven | NotProven:
    typed = typed_unseen(f"Password of {actor.label} again")
    if not typed:
        raise Failure("The password was not given; nothing was done.", kind="declined")
    return await step_up(actor, Secret(typed), kind)
