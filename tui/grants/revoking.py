"""The way back: triggers, policies, functions, grants and roles of the tiers are taken away again.

The tables then belong to the application that was named, or to whoever runs it: who owned them before is written
nowhere. What the audit recorded stays, and so do the triggers of the migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.grants import chain, functions, recording
from tui.grants.choice import Tier
from tui.grants.policies import NAMED, policies
from tui.grants.quoting import PATH, comment, ident, idents, in_format, literal
from tui.grants.tables import AUDIT_TABLES, GUARDED, MIGRATIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice


def revoke_script(choice: Choice) -> str:
    """Return what psql reads to take it away: everything, or the chosen tiers where others stay."""
    all_of_it = {*choice.tiers} == {*Tier}
    gone = idents([*map(choice.role, choice.tiers), *choice.logins])
    lines = [f"-- {comment(f'Takes away what shellback grants made: the roles {gone}.')}", "\\set ON_ERROR_STOP on"]
    return "\n".join([*lines, "BEGIN;", PATH, *(_all(choice) if all_of_it else _tiers(choice)), "COMMIT;"]) + "\n"


def revoke_statements(choice: Choice) -> str:
    """Return the SQL alone, from BEGIN to COMMIT."""
    return revoke_script(choice).partition("\\set ON_ERROR_STOP on\n")[2]


def _all(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for table, trigger in recording.TRIGGERS:
        yield f"DROP TRIGGER IF EXISTS {trigger} ON {s}.{ident(table)};"
    for table in GUARDED:
        place = literal(f"{s}.{ident(table)}")
        dropped = literal("DROP POLICY %I ON " + in_format(f"{s}.{ident(table)}"))
        yield f"""DO $do$ DECLARE policy text; BEGIN FOR policy IN SELECT polname FROM pg_catalog.pg_policy
  WHERE polrelid = to_regclass({place}) AND starts_with(polname, '{NAMED}')
  LOOP EXECUTE format({dropped}, policy); END LOOP; END $do$;"""
        yield f"ALTER TABLE {s}.{ident(table)} DISABLE ROW LEVEL SECURITY;"
    made = {
        **{name: types.format(schema=s) for name, types in chain.SIGNATURES.items()},
        **functions.GONE,
        **functions.SIGNATURES,
        **dict.fromkeys(recording.CALLED.values(), ""),
    }
    for name, types in made.items():
        yield f"DROP FUNCTION IF EXISTS {s}.{name}({types});"
    heir = ident(choice.apps[0]) if choice.apps else "CURRENT_USER"
    for table in (*TABLES, *AUDIT_TABLES, *MIGRATIONS):
        yield f"ALTER TABLE IF EXISTS {s}.{ident(table)} OWNER TO {heir};"
    for name in ("shellback_users_key", "shellback_append_only", "shellback_archived_only"):
        yield f"ALTER FUNCTION {s}.{name}() OWNER TO {heir};"
    # What else the owner made meanwhile, as the tables of later migrations.
    for role in (choice.owner_role, choice.audit_role):
        yield _where_there(role, f"REASSIGN OWNED BY {ident(role)} TO {heir}")
    public = "format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database())"
    yield f"DO $do$ BEGIN EXECUTE {public}; END $do$;"
    yield f"GRANT USAGE ON SCHEMA {s} TO PUBLIC;"
    yield from _dropped([*map(choice.role, choice.tiers), choice.owner_role, choice.audit_role, *choice.logins])


def _tiers(choice: Choice) -> Iterator[str]:
    yield from _policies(choice)
    yield from _dropped([*map(choice.role, choice.tiers), *choice.logins])


def _policies(choice: Choice) -> Iterator[str]:
    roles = {choice.role(tier) for tier in choice.tiers}
    for policy in policies(choice):
        if policy.role in roles:
            yield f"DROP POLICY IF EXISTS {ident(policy.name)} ON {ident(choice.schema)}.{ident(policy.table)};"


def _dropped(roles: list[str]) -> Iterator[str]:
    """A role that has something in another database of the server stays, and is said."""
    for role in roles:
        yield _where_there(role, f"DROP OWNED BY {ident(role)}")
        yield (
            f"DO $do$ BEGIN DROP ROLE IF EXISTS {ident(role)}; EXCEPTION WHEN dependent_objects_still_exist THEN"
            " RAISE NOTICE '% is used in another database and stays', " + literal(ident(role)) + "; END $do$;"
        )


def _where_there(role: str, statement: str) -> str:
    there = f"IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(role)})"
    return f"DO $do$ BEGIN {there} THEN {statement}; END IF; END $do$;"
