"""Triggers of the audit: what is inserted must be true as far as the server knows, and what is written past Shellback
gets a row of its own.

The guard looks at each INSERT: the rows continue the chain and name the role that wrote them; `actors` looks at whose
name they bear. The recorder, `raw_writes`, is deferred to COMMIT, where Shellback's own row is there: whatever was
written without a row about it in the same transaction is recorded then. It cannot be told apart whether a row about the
right account says the truth of the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.operations.audit.writing import GENESIS
from tui.grants.actors import ACTORS, actors
from tui.grants.chain import DEEPEST, NUMBER, ROW_HASH, SIGNATURES, chain_functions
from tui.grants.quoting import ident
from tui.grants.raw_writes import RECORD, RECORD_EMPTYING, record, record_emptying
from tui.grants.reset_links import MARK, mark_link
from tui.grants.triggers import head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice

GUARD: Final = "shellback_audit_guard"
RECORDED: Final = "shellback_recorded"
RECORDED_HASH: Final = "shellback_recorded_hash"
"""The names of the deferred triggers. `models.operations.deletion.hard` knows them too."""

EMPTIED: Final = "shellback_emptied"
WATCHED: Final = (
    "users",
    "roles",
    "role_permissions",
    "user_roles",
    "mfa_factors",
    "one_time_tokens",
    "user_sessions",
    "user_auth_state",
    "user_notes",
    "saved_views",
)
"""The tables whose raw writes are recorded."""

HASHES_CHECKED: Final = 100
"""Rows of one INSERT up to which the guard computes each hash; of more `audit verify` does."""

TRIGGERS: Final = (
    ("audit_events", GUARD),
    ("audit_events", ACTORS),
    ("users", RECORDED_HASH),
    ("one_time_tokens", MARK),
    *((table, RECORDED) for table in WATCHED),
    *((table, EMPTIED) for table in WATCHED),
)
"""Every trigger that is made, with its table."""

CALLED: Final = {
    GUARD: GUARD,
    ACTORS: ACTORS,
    MARK: MARK,
    RECORDED: RECORD,
    RECORDED_HASH: RECORD,
    EMPTIED: RECORD_EMPTYING,
}
"""The function of each trigger."""

OF_THE_OWNER: Final = (ACTORS, RECORD, RECORD_EMPTYING, MARK)
"""They read tables of the application, and so run as their owner: who owns a table decides what runs when it is read,
by a policy, a view or a cast, and nothing of that may run as the owner of the audit."""


def recording(choice: Choice) -> str:
    """The statements that make the functions and the triggers, and hand each function to its owner."""
    s = ident(choice.schema)
    made = {name: types.format(schema=s) for name, types in SIGNATURES.items()} | dict.fromkeys(CALLED.values(), "")
    return "\n".join(
        [
            chain_functions(s),
            _guard(s),
            actors(choice),
            record(choice),
            record_emptying(choice),
            mark_link(choice),
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
    yield f"DROP TRIGGER IF EXISTS {RECORDED_HASH} ON {s}.users;"
    yield (
        f"CREATE CONSTRAINT TRIGGER {RECORDED_HASH} AFTER UPDATE OF hashed_password ON {s}.users"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {s}.{RECORD}('hash');"
    )
    yield f"DROP TRIGGER IF EXISTS {MARK} ON {s}.one_time_tokens;"
    yield (f"CREATE TRIGGER {MARK} BEFORE INSERT ON {s}.one_time_tokens FOR EACH ROW EXECUTE FUNCTION {s}.{MARK}();")
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


def _guard(s: str) -> str:
    return f"""
{head(s, GUARD)} $$
DECLARE
  rows bigint;
  first bigint;
  last bigint;
  before text;
  before_id bigint;
  drawn bigint;
BEGIN
  SELECT count(*), min(seq), max(seq) INTO rows, first, last FROM made;
  IF rows = 0 THEN
    RETURN NULL;
  END IF;
  SELECT hash, id INTO before, before_id FROM {s}.audit_events WHERE seq = first - 1;
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
  -- Lists are in the order of `id`, which therefore is the order of the chain; and none is taken before its time.
  SELECT last_value INTO drawn FROM {s}.audit_events_id_seq;
  IF EXISTS (SELECT FROM (SELECT id, lag(id, 1, before_id) OVER (ORDER BY seq) AS older FROM made) numbered
    WHERE id > drawn OR id <= older AND older <= drawn)
  THEN
    RAISE EXCEPTION 'audit_events: a row has an id out of turn' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- What only SQL can read would be a row that nobody verifies, and nobody takes away.
  IF EXISTS (SELECT FROM made, LATERAL (VALUES (changes), (meta)) AS two(said)
    WHERE jsonb_typeof(said) NOT IN ('object', 'null') OR jsonb_path_exists(said, 'strict $.**{{{DEEPEST} to last}}')
      OR EXISTS (SELECT FROM jsonb_path_query(said, 'strict $.** ? (@.type() == "number")') AS found(one)
        WHERE one::text !~ '{NUMBER}'))
  THEN
    RAISE EXCEPTION 'audit_events: a row has content that nobody could read' USING ERRCODE = 'insufficient_privilege';
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
