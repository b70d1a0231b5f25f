"""The opposite of granting a role to a user and of taking it away; the end that a grant had comes back with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from models import Role, UserRole
from models.clock import database_now
from models.operations.plan import Skipped
from models.operations.roles.grant_end import plan_change_grant
from models.operations.roles.grants import granted_until, plan_grant, plan_revoke
from models.operations.undo.case import changed_again

if TYPE_CHECKING:
    from models.operations.plan import Plan
    from models.operations.undo.case import Case

PREFIX: Final = "role:"
UNTIL: Final = "granted until "
FORMAT: Final = "%Y-%m-%d %H:%M UTC"
"""As `text.moment` writes it."""


async def undo_grant(case: Case) -> Plan:
    """Take the role away again, give it back, or give it its former end, whichever is the opposite."""
    found = [(name, pair) for name, pair in case.changes.items() if name.startswith(PREFIX)]
    if case.undos or len(found) != 1:
        return case.nothing()
    (name, (before, after)), user_id = found[0], int(case.event.target_id or 0)
    role = name.removeprefix(PREFIX)
    if not await Role.filter(name=role).using_db(case.client).exists():
        return case.nothing(why=f"This cannot be undone: there is no role {role} any more.")
    if await held_now(case, role) != after:
        return case.nothing((Skipped(name, changed_again((await case.authors()).get(name))),))
    now = await database_now(case.client)
    until = end_of(before)
    if before is None or (until is not None and until <= now):
        if after is None:
            return case.nothing(why=f"This cannot be undone: the grant of {role} would have ended by itself.")
        plan = await plan_revoke(case.actor, user_id, role)
        ended = () if until is None else (f"the former grant of {role}, which had ended, does not come back",)
        return case.finish(plan, losses=ended)
    ends = end_of(after)
    if after is not None and (ends is None or ends > now):
        return case.finish(await plan_change_grant(case.actor, user_id, role, until))
    return case.finish(await plan_grant(case.actor, user_id, role, expires_at=until))


async def held_now(case: Case, role: str) -> str | None:
    """Return the user's grant of the role as the audit words it; None without one."""
    grant = UserRole.filter(user_id=case.event.target_id, role__name=role).using_db(case.client)
    ends = await grant.values_list("expires_at", flat=True)
    return granted_until(ends[0]) if ends else None  # type: ignore[arg-type]


def end_of(value: object) -> datetime | None:
    """Return the end of a grant that the audit words so, to the minute; None for one for good, and for none."""
    text = str(value or "")
    if not text.startswith(UNTIL):
        return None
    return datetime.strptime(text.removeprefix(UNTIL), FORMAT).replace(tzinfo=UTC)
