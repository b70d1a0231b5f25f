"""The trigger that records what was written past Shellback: at COMMIT, unless a row of the audit about the account, the
role or the view was written in the same transaction.

Left out is what says nothing: that a session was seen, that a failure was counted as a wrong password counts it, what
was over before it was deleted, and what goes with an account. Sessions and the state of sign-ins are the application's
own work, thousands a minute in one chain: of these what it writes is left out, and what anybody else does is not.

A hash that a tier writes is not compared with the one before: whoever writes guesses, looks whether a row says so and
rolls back would know. A trigger of its own fires where the column is written at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.login_rules import FAILURES, LOCK_AT, LOCK_FOR
from models.operations.plan import REDACTED, REDACTED_CHANGED
from tui.grants.chain import APPEND, NUMBER
from tui.grants.functions import of_any_tier
from tui.grants.policies import APPLICATIONS
from tui.grants.quoting import ident, literal
from tui.grants.triggers import head

if TYPE_CHECKING:
    from tui.grants.choice import Choice

RECORD: Final = "shellback_record"
RECORD_EMPTYING: Final = "shellback_record_truncate"

_SECRET: Final = ("hashed_password", "secret_encrypted", "token_hash", "password_fingerprint", "body")
"""Columns whose content the audit never has. What stands in a note goes with the note."""

_ABOUT: Final = """CASE WHEN TG_TABLE_NAME IN ('roles', 'role_permissions') THEN 'role'
    WHEN TG_TABLE_NAME = 'saved_views' THEN 'view' ELSE 'user' END"""


def _plain(value: str) -> str:
    """A value as the audit takes it: what Python would write in another way than PostgreSQL is a text there."""
    return (
        f"CASE WHEN jsonb_typeof({value}) IN ('object', 'array') OR jsonb_typeof({value}) = 'number'"
        f" AND ({value})::text !~ '{NUMBER}' THEN to_jsonb(({value})::text) ELSE {value} END"
    )


def record(choice: Choice) -> str:
    """The statement that makes the function for rows."""
    s = ident(choice.schema)
    secret = ", ".join(map(literal, _SECRET))
    minutes = int(LOCK_FOR.total_seconds()) // 60
    return f"""
{head(s, RECORD)} $$
DECLARE
  tier boolean := {of_any_tier(choice)};
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  any_row jsonb := coalesce(new_row, old_row);
  changed jsonb := '{{}}';
  event {s}.audit_events;
  about text := {_ABOUT};
  whom bigint;
  account bigint;
  role bigint;
  key text;
  written text[];
BEGIN
  IF TG_TABLE_NAME IN ('user_sessions', 'user_auth_state') AND NOT tier
    AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
    AND (session_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
      OR EXISTS (SELECT FROM pg_policy p, unnest(p.polroles) r WHERE p.polrelid = TG_RELID
        AND starts_with(p.polname::text, '{APPLICATIONS}') AND pg_has_role(session_user, r, 'MEMBER')))
  THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME IN ('users', 'roles', 'saved_views') THEN
    whom := any_row -> 'id';
  ELSIF TG_TABLE_NAME = 'role_permissions' THEN
    whom := any_row -> 'role_id';
  ELSE
    whom := any_row -> 'user_id';
  END IF;
  IF EXISTS (SELECT FROM {s}.audit_events e WHERE e.target_type = about AND e.target_id = whom
    AND e.xmin = pg_current_xact_id()::xid AND e.outcome = 'ok' AND e.action NOT LIKE 'db.%')
  THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'user_roles' THEN
    role := any_row -> 'role_id';
    IF EXISTS (SELECT FROM {s}.audit_events e WHERE e.target_type = 'role' AND e.target_id = role
      AND e.xmin = pg_current_xact_id()::xid AND e.outcome = 'ok' AND e.action NOT LIKE 'db.%')
    THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME NOT IN ('users', 'roles', 'role_permissions') THEN
    account := CASE TG_TABLE_NAME WHEN 'saved_views' THEN any_row -> 'owner_id' ELSE any_row -> 'user_id' END;
    IF NOT EXISTS (SELECT FROM {s}.users WHERE id = account) THEN
      RETURN NULL;
    END IF;
    IF TG_TABLE_NAME IN ('user_sessions', 'one_time_tokens') AND (old_row ->> 'revoked_at' IS NOT NULL
      OR old_row ->> 'used_at' IS NOT NULL OR (old_row ->> 'expires_at')::timestamptz <= clock_timestamp())
    THEN
      RETURN NULL;
    END IF;
  END IF;
  IF TG_TABLE_NAME = 'user_auth_state' THEN
    IF TG_OP = 'INSERT' AND new_row ->> 'failed_count' = '0' AND new_row ->> 'locked_until' IS NULL
      AND new_row ->> 'last_login_at' IS NULL
    THEN
      RETURN NULL;
    END IF;
    -- The three statements of a failed sign-in, each with its columns and no other: a lock that is over goes, the
    -- failure is counted, and whoever has failed too often and is not locked is locked.
    written := ARRAY(SELECT n.key FROM jsonb_each(new_row) n WHERE n.value IS DISTINCT FROM old_row -> n.key);
    IF TG_OP = 'UPDATE' AND (
      written <@ '{{failed_count, locked_until, lock_cause}}' AND new_row ->> 'locked_until' IS NULL
        AND (old_row ->> 'locked_until')::timestamptz <= clock_timestamp()
      OR written <@ '{{failed_count, last_failed_at}}'
        AND (new_row ->> 'failed_count')::int = (old_row ->> 'failed_count')::int + 1
      OR written <@ '{{locked_until, lock_cause, lockout_count}}' AND old_row ->> 'locked_until' IS NULL
        AND (new_row ->> 'failed_count')::int >= {LOCK_AT} AND new_row ->> 'lock_cause' = {literal(FAILURES)}
        AND (new_row ->> 'locked_until')::timestamptz <= clock_timestamp() + interval '{minutes} minutes')
    THEN
      RETURN NULL;
    END IF;
  END IF;
  FOR key IN SELECT jsonb_object_keys(any_row) LOOP
    -- Whoever goes leaves NULL behind where the row named him: that is part of his deletion.
    IF TG_NARGS = 0 AND (old_row -> key) IS DISTINCT FROM (new_row -> key) AND NOT (TG_OP = 'UPDATE'
      AND (key IN ('created_by_id', 'granted_by_id', 'revoked_by_id', 'author_id') AND new_row -> key = 'null'
          AND NOT EXISTS (SELECT FROM {s}.users WHERE id = (old_row ->> key)::bigint)
        OR key IN ('last_used_at', 'last_seen_at')
        -- A code that was used counts again where this goes back.
        OR key = 'last_used_step' AND (new_row ->> key)::bigint > coalesce((old_row ->> key)::bigint, -1)
        OR tier AND key = 'hashed_password'))
    THEN
      changed := changed || jsonb_build_object(
        CASE WHEN TG_TABLE_NAME IN ('users', 'roles', 'saved_views', 'user_auth_state') THEN key
          ELSE TG_TABLE_NAME || '.' || key END,
        CASE WHEN key IN ({secret}) THEN '["{REDACTED}", "{REDACTED_CHANGED}"]'::jsonb
          ELSE jsonb_build_array({_plain("old_row -> key")}, {_plain("new_row -> key")}) END);
    END IF;
  END LOOP;
  IF TG_NARGS > 0 AND tier THEN
    changed := '{{"hashed_password": ["{REDACTED}", "{REDACTED_CHANGED}"]}}';
  END IF;
  IF changed = '{{}}' THEN
    RETURN NULL;
  END IF;
  event.target_label := left(coalesce(
    any_row ->> CASE WHEN TG_TABLE_NAME = 'users' THEN 'username' WHEN TG_TABLE_NAME IN ('roles', 'saved_views')
      THEN 'name' END,
    CASE about WHEN 'user' THEN (SELECT username FROM {s}.users WHERE id = whom)
      ELSE (SELECT name FROM {s}.roles WHERE id = whom) END, ''), 100);
  event.op_id := gen_random_uuid();
  event.actor_label := left('database role ' || session_user, 100);
  event.actor_kind := 'system';
  event.action := 'db.' || lower(TG_OP);
  event.target_type := about;
  event.target_id := whom;
  event.outcome := 'ok';
  event.changes := changed;
  event.version_before := (old_row ->> 'version')::int;
  event.version_after := (new_row ->> 'version')::int;
  event.meta := jsonb_strip_nulls(jsonb_build_object('table', TG_TABLE_NAME, 'row', any_row -> 'id',
    'application_name', current_setting('application_name'), 'client_address', host(inet_client_addr())));
  PERFORM {s}.{APPEND}(event);
  RETURN NULL;
END
$$;"""


def record_emptying(choice: Choice) -> str:
    """The statement that makes the function for TRUNCATE."""
    s = ident(choice.schema)
    return f"""
{head(s, RECORD_EMPTYING)} $$
DECLARE
  event {s}.audit_events;
BEGIN
  event.op_id := gen_random_uuid();
  event.actor_label := left('database role ' || session_user, 100);
  event.actor_kind := 'system';
  event.action := 'db.truncate';
  event.target_type := {_ABOUT};
  event.target_label := '';
  event.outcome := 'ok';
  event.meta := jsonb_strip_nulls(jsonb_build_object('table', TG_TABLE_NAME,
    'application_name', current_setting('application_name'), 'client_address', host(inet_client_addr())));
  PERFORM {s}.{APPEND}(event);
  RETURN NULL;
END
$$;"""
