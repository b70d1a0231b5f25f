"""`shellback users why`: why a user cannot sign in, and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.operations.plan import json_value
from models.operations.why import why
from models.operations.why_findings import findings, verdict
from models.permissions import Codename
from tui.cli.accounts import who_is_meant
from tui.cli.exits import Exit
from tui.cli.output import document, line
from tui.cli.running import Session, signed_in
from tui.cli.words import minute

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from models.operations.why import Why
    from models.operations.why_findings import Finding


def explain(args: argparse.Namespace) -> int:
    """`users why`. FAILED says that something stops the user, or that there is nobody."""
    return signed_in(args, _explain, Codename.USERS_VIEW)


async def _explain(args: argparse.Namespace, session: Session) -> int:
    found = await why(who_is_meant(args.user))
    if args.json:
        document({"why": why_json(found)})
    else:
        line(verdict(found, _when))
        for finding in findings(found, _when):
            line(f"  {finding.bearing:<6} {finding.sentence}")
            _print_mend(finding, found, session)
    return Exit.DONE if found.can_sign_in else Exit.FAILED


def _print_mend(finding: Finding, found: Why, session: Session) -> None:
    if finding.mend is None or found.account is None:
        return
    lacks = "" if session.who.permissions.has(finding.mend.needs) else f"   (needs {finding.mend.needs})"
    line(f"         shellback {' '.join(finding.mend.command(found.account.id))}{lacks}")


def _when(moment: datetime) -> str:
    return f"{minute(moment)} UTC"


def why_json(found: Why) -> dict[str, Any]:
    """All that was found as the document has it. Never the hash."""
    account = found.account
    return {
        "asked": found.asked,
        "at": json_value(found.now),
        "verdict": verdict(found, _when),
        "can_sign_in": found.can_sign_in,
        "user": {"id": account.id, "username": account.username} if account is not None else None,
        "near": [{"id": named.id, "username": named.username} for named in found.near],
        "obstacles": [str(obstacle) for obstacle in found.obstacles],
        "findings": [finding.as_json(account.id) for finding in findings(found, _when)] if account is not None else [],
        "attempts": [
            {
                "at": json_value(attempt.at),
                "outcome": attempt.outcome,
                "address": attempt.address,
                "agent": attempt.agent,
            }
            for attempt in found.attempts
        ],
    }
