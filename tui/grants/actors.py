"""The trigger that says whose name a row of the audit may bear: that of an account which works under the connection's
tier, or of the role that is connected.

A label is the username of the row's account. One that was renamed meanwhile goes on under the old name until it signs
in again, as long as that is nobody else's by now. Without an account there are two kinds of row: a sign-in that was
refused to nobody known, and what the person at the machine did, whose label ends in the role of the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.audit.row import AS_ROLE
from models.operations.sign_in.entering import UNKNOWN
from tui.grants.choice import Tier
from tui.grants.functions import ENTERS, WITHIN, connected
from tui.grants.quoting import ident, literal, texts
from tui.grants.triggers import head

if TYPE_CHECKING:
    from tui.grants.choice import Choice

ACTORS: Final = "shellback_audit_actors"


def actors(choice: Choice) -> str:
    """The statement that makes its function. What accounts hold and are called is in the application's tables."""
    s = ident(choice.schema)
    allowed = "\n".join(
        f"  IF {connected(choice.role(tier))}\n"
        f"  THEN bounded := true; allowed := allowed || {texts(tier.allowed)}; END IF;"
        for tier in Tier
        if tier is not Tier.SUPERUSER
    )
    return f"""
{head(s, ACTORS)} $$
DECLARE
  free boolean := {connected(choice.role(Tier.SUPERUSER))};
  bounded boolean := false;
  allowed text[] := '{{}}';
BEGIN
  -- What the recorder writes comes from inside of a trigger, and no tier may make a trigger.
  IF pg_trigger_depth() > 1 OR {connected(choice.audit_role)} THEN
    RETURN NULL;
  END IF;
{allowed}
  IF NOT bounded AND NOT free THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM made WHERE action LIKE 'db.%') THEN
    RAISE EXCEPTION 'audit_events: the database writes such rows itself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT free AND EXISTS (SELECT FROM (SELECT DISTINCT actor_id, outcome FROM made WHERE actor_id IS NOT NULL) m
    WHERE NOT (CASE WHEN m.outcome = 'ok' THEN {s}.{ENTERS}(m.actor_id, allowed)
      ELSE {s}.{WITHIN}(m.actor_id, allowed) END))
  THEN
    RAISE EXCEPTION 'audit_events: a row has an actor of another tier' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM made WHERE actor_kind NOT IN ('tui', 'cli', 'system')) THEN
    RAISE EXCEPTION 'audit_events: a row came through another door' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT actor_id, actor_label FROM made WHERE actor_id IS NOT NULL) m
    WHERE NOT EXISTS (SELECT FROM {s}.users u WHERE u.id = m.actor_id AND u.username = m.actor_label)
      AND (EXISTS (SELECT FROM {s}.users u WHERE u.username = m.actor_label)
        OR NOT EXISTS (SELECT FROM {s}.audit_events e WHERE e.target_type = 'user' AND e.target_id = m.actor_id
          AND e.outcome = 'ok' AND e.changes::jsonb -> 'username' ->> 0 = m.actor_label
          -- Whoever may rename nobody did not, whatever the row says.
          AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = e.db_user
            AND has_column_privilege(r.oid, {literal(f"{s}.users")}, 'username', 'UPDATE')))))
  THEN
    RAISE EXCEPTION 'audit_events: a row has the name of another account' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM made WHERE actor_id IS NULL AND NOT (
    actor_kind = 'system' AND right(actor_label, length(own.suffix)) = own.suffix
    OR actor_label = {literal(UNKNOWN)} AND action = 'auth.sign_in' AND outcome = 'denied' AND target_id IS NULL))
  THEN
    RAISE EXCEPTION 'audit_events: a row has nobody for its actor' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;""".replace("own.suffix", f"{literal(AS_ROLE)} || left(session_user::text, 63)")
