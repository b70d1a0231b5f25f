"""Triggers of the audit: what is inserted must be true as far as the server knows, and what is written past Shellback
gets a row of its own.

The guard looks at each INSERT: the rows continue the chain, name the role that wrote them, and have an actor whom this
tier may stand for. The recorder is deferred to COMMIT, where Shellback's own row is there: whatever was written to an
account or a role without a row about it in the same transaction is recorded then, with `session_user` and the name of
the program. It cannot be told apart whether a row about the right account says the truth of the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.audit.writing import GENESIS
from models.operations.plan import REDACTED, REDACTED_CHANGED
from tui.grants.chain import APPEND, ROW_HASH, SIGNATURES, chain_functions
from tui.grants.choice import Tier
from tui.grants.functions import ENTERS, WITHIN, connected
from tui.grants.quoting import ident, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice

GUARD: Final = "shellback_audit_guard"
ACTORS: Final = "shellback_audit_actors"
RECORD: Final = "shellback_record"
RECORD_EMPTYING: Final = "shellback_record_truncate"
RECORDED: Final = "shellback_recorded"
"""The name of the deferred triggers. `models.operations.deletion.hard` knows it too."""

EMPTIED: Final = "shellback_emptied"
WATCHED: Final = ("users", "roles", "role_permissions", "user_roles", "mfa_factors")
"""The tables whose raw writes are recorded."""

HASHES_CHECKED: Final = 100
"""Rows of one INSERT up to which the guard computes each hash; of more `audit verify` does."""

TRIGGERS: Final = (
    ("audit_events", GUARD),
    ("audit_events", ACTORS),
    *((table, RECORDED) for table in WATCHED),
    *((table, EMPTIED) for table in WATCHED),
)
"""Every trigger that is made, with its table."""

OF_THE_OWNER: Final = (ACTORS, RECORD, RECORD_EMPTYING)
"""They read tables of the application, and so run as their owner: who owns a table decides what runs when it is read,
by a policy, a view or a cast, and nothing of that may run as the owner of the audit."""


def recording(choice: Choice) -> str:
    """The statements that make the functions and the triggers, and hand each function to its owner."""
    s = ident(choice.schema)
    made = {
        **{name: types.format(schema=s) for name, types in SIGNATURES.items()},
        GUARD: "",
        ACTORS: "",
        RECORD: "",
        RECORD_EMPTYING: "",
    }
    return "\n".join(
        [
            chain_functions(s),
            _guard(s),
            _actors(choice),
            _record(s),
            _record_emptying(s),
            *_handed_over(s, choice, made),
            *_triggers(s),
        ]
    )


def _handed_over(s: str, choice: Choice, made: dict[str, str]) -> Iterator[str]:
    owner = ident(choice.audit_role)
    for name, types in made.items():
        whose = ident(choice.owner_role) if name in OF_THE_OWNER else owner
        yield f"ALTER FUNCTION {s}.{name}({types}) OWNER TO {whose};"
        yield f"REVOKE ALL ON FUNCTION {s}.{name}({types}) FROM PUBLIC;"
    # Whoever owns the function of a trigger can make it do nothing.
    for name in ("shellback_append_only", "shellback_archived_only"):
        yield f"ALTER FUNCTION {s}.{name}() OWNER TO {owner};"
    for name, types in SIGNATURES.items():
        called = f"{s}.{name}({types.format(schema=s)})"
        yield f"GRANT EXECUTE ON FUNCTION {called} TO {ident(choice.owner_role)};"


def _triggers(s: str) -> Iterator[str]:
    for name in (GUARD, ACTORS):
        yield f"DROP TRIGGER IF EXISTS {name} ON {s}.audit_events;"
        yield (
            f"CREATE TRIGGER {name} AFTER INSERT ON {s}.audit_events REFERENCING NEW TABLE AS made"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {s}.{name}();"
        )
    for table in WATCHED:
        yield f"DROP TRIGGER IF EXISTS {RECORDED} ON {s}.{table};"
        yield (
            f"CREATE CONSTRAINT TRIGGER {RECORDED} AFTER INSERT OR UPDATE OR DELETE ON {s}.{table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {s}.{RECORD}();"
        )
        yield f"DROP TRIGGER IF EXISTS {EMPTIED} ON {s}.{table};"
        yield (
            f"CREATE TRIGGER {EMPTIED} AFTER TRUNCATE ON {s}.{table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {s}.{RECORD_EMPTYING}();"
        )


def _head(s: str, name: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {s}.{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS"
    )


def _actors(choice: Choice) -> str:
    """Whom a tier may stand for. What accounts hold is in the application's tables."""
    s = ident(choice.schema)
    allowed = "\n".join(
        f"  IF {connected(choice.role(tier))}\n"
        f"  THEN bounded := true; allowed := allowed || {texts(tier.allowed)}; END IF;"
        for tier in Tier
        if tier is not Tier.SUPERUSER
    )
    free = f"{connected(choice.audit_role)} OR {connected(choice.role(Tier.SUPERUSER))}"
    return f"""
{_head(s, ACTORS)} $$
DECLARE
  bounded boolean := false;
  allowed text[] := '{{}}';
BEGIN
  -- What the recorder writes comes from inside of a trigger, and no tier may make a trigger.
  IF pg_trigger_depth() > 1 THEN
    RETURN NULL;
  END IF;
{allowed}
  IF NOT bounded OR {free} THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM made WHERE action LIKE 'db.%') THEN
    RAISE EXCEPTION 'audit_events: the database writes such rows itself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT actor_id, outcome FROM made WHERE actor_id IS NOT NULL) m
    WHERE NOT (CASE WHEN m.outcome = 'ok' THEN {s}.{ENTERS}(m.actor_id, allowed)
      ELSE {s}.{WITHIN}(m.actor_id, allowed) END))
  THEN
    RAISE EXCEPTION 'audit_events: a row has an actor of another tier' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM made WHERE actor_kind NOT IN ('tui', 'cli', 'system')) THEN
    RAISE EXCEPTION 'audit_events: a row came through another door' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;"""


def _guard(s: str) -> str:
    return f"""
{_head(s, GUARD)} $$
DECLARE
  rows bigint;
  first bigint;
  last bigint;
  before text;
BEGIN
  SELECT count(*), min(seq), max(seq) INTO rows, first, last FROM made;
  IF rows = 0 THEN
    RETURN NULL;
  END IF;
  SELECT hash INTO before FROM {s}.audit_events WHERE seq = first - 1;
  IF NOT FOUND THEN
    SELECT last_hash INTO before FROM {s}.audit_archives WHERE last_seq = first - 1;
    IF NOT FOUND AND first = 1 THEN
      before := '{GENESIS}';
    END IF;
  END IF;
  IF before IS NULL OR rows <> last - first + 1 OR EXISTS (
    SELECT FROM (SELECT prev_hash, lag(hash, 1, before) OVER (ORDER BY seq) AS expected FROM made) chained
    WHERE prev_hash <> expected)
  THEN
    RAISE EXCEPTION 'audit_events: a row does not continue the chain' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF rows <= {HASHES_CHECKED} AND EXISTS (
    SELECT FROM {s}.audit_events e WHERE e.seq BETWEEN first AND last AND e.hash <> {s}.{ROW_HASH}(e))
  THEN
    RAISE EXCEPTION 'audit_events: a row has not the hash of its content' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM made WHERE db_user IS DISTINCT FROM left(session_user::text, 100)
    OR at NOT BETWEEN now() - interval '1 minute' AND clock_timestamp() + interval '1 second')
  THEN
    RAISE EXCEPTION 'audit_events: a row names another role of the database or another time'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END
$$;"""


def _record(s: str) -> str:
    return f"""
{_head(s, RECORD)} $$
DECLARE
  one record;
  old_row jsonb;
  new_row jsonb;
  any_row jsonb;
  changed jsonb := '{{}}';
  event {s}.audit_events;
  about text := CASE WHEN TG_TABLE_NAME IN ('roles', 'role_permissions') THEN 'role' ELSE 'user' END;
  whom bigint;
  role bigint;
  key text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    one := OLD;
  ELSE
    one := NEW;
  END IF;
  IF TG_TABLE_NAME IN ('users', 'roles') THEN
    whom := one.id;
  ELSIF TG_TABLE_NAME = 'role_permissions' THEN
    whom := one.role_id;
  ELSE
    whom := one.user_id;
  END IF;
  IF EXISTS (SELECT FROM {s}.audit_events e WHERE e.target_type = about AND e.target_id = whom
    AND e.xmin = pg_current_xact_id()::xid AND e.outcome = 'ok' AND e.action NOT LIKE 'db.%')
  THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'user_roles' THEN
    role := one.role_id;
    IF EXISTS (SELECT FROM {s}.audit_events e WHERE e.target_type = 'role' AND e.target_id = role
      AND e.xmin = pg_current_xact_id()::xid AND e.outcome = 'ok' AND e.action NOT LIKE 'db.%')
    THEN
      RETURN NULL;
    END IF;
  END IF;
  old_row := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  new_row := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  any_row := coalesce(new_row, old_row);
  FOR key IN SELECT jsonb_object_keys(any_row) LOOP
    -- Whoever goes leaves NULL behind where the row named him: that is part of his deletion.
    IF (old_row -> key) IS DISTINCT FROM (new_row -> key) AND NOT (TG_OP = 'UPDATE'
      AND (key IN ('created_by_id', 'granted_by_id') AND new_row -> key = 'null'
        OR key IN ('last_used_at', 'last_used_step')))
    THEN
      changed := changed || jsonb_build_object(key, CASE WHEN key IN ('hashed_password', 'secret_encrypted')
        THEN '["{REDACTED}", "{REDACTED_CHANGED}"]'::jsonb ELSE jsonb_build_array(old_row -> key, new_row -> key) END);
    END IF;
  END LOOP;
  IF changed = '{{}}' THEN
    RETURN NULL;
  END IF;
  event.target_label := left(coalesce(
    any_row ->> CASE TG_TABLE_NAME WHEN 'users' THEN 'username' WHEN 'roles' THEN 'name' END,
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


def _record_emptying(s: str) -> str:
    return f"""
{_head(s, RECORD_EMPTYING)} $$
DECLARE
  event {s}.audit_events;
BEGIN
  event.op_id := gen_random_uuid();
  event.actor_label := left('database role ' || session_user, 100);
  event.actor_kind := 'system';
  event.action := 'db.truncate';
  event.target_type := CASE WHEN TG_TABLE_NAME IN ('roles', 'role_permissions') THEN 'role' ELSE 'user' END;
  event.target_label := '';
  event.outcome := 'ok';
  event.meta := jsonb_strip_nulls(jsonb_build_object('table', TG_TABLE_NAME,
    'application_name', current_setting('application_name'), 'client_address', host(inet_client_addr())));
  PERFORM {s}.{APPEND}(event);
  RETURN NULL;
END
$$;"""
