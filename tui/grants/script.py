"""The whole text: one transaction that psql reads, and that does nothing new when it is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.grants.choice import Tier
from tui.grants.functions import functions
from tui.grants.logins import PLAIN, as_superuser, logins
from tui.grants.policies import policies
from tui.grants.privileges import APPLICATION, PRIVILEGES
from tui.grants.quoting import PATH, comment, ident, idents, in_format, literal
from tui.grants.recording import recording
from tui.grants.tables import AUDIT_TABLES, GUARDED, MIGRATIONS, TABLES
from tui.migrate.process.runs.log_table import create

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice
    from tui.grants.privileges import Privilege

UNDER: Final = "Made by shellback grants. Read it, then run it: psql -d DATABASE -f FILE"


def script(choice: Choice) -> str:
    """Return what psql reads: it stops at the first error, and then nothing of it was done."""
    return f"-- {UNDER}\n{_told(choice)}\\set ON_ERROR_STOP on\n{statements(choice)}"


def statements(choice: Choice) -> str:
    """Return the SQL alone, from BEGIN to COMMIT."""
    parts = [
        "BEGIN;",
        # What is dropped where it is there says so where it is not: some hundred lines that hide an error.
        "SET LOCAL client_min_messages = warning;",
        PATH,
        "SET LOCAL check_function_bodies = on;",
        _nobody_is_locked_out(choice),
        *_roles(choice),
        *_database(choice),
        *_owners(choice),
        functions(choice),
        recording(choice),
        *_security(choice),
        *_grants(choice),
        *_migrations(choice),
        *logins(choice),
        f"REVOKE CREATE ON SCHEMA {ident(choice.schema)} FROM {ident(choice.audit_role)};",
        _lent(choice, "REVOKE", "FROM"),
        "COMMIT;",
    ]
    return "\n".join(parts) + "\n"


def _told(choice: Choice) -> str:
    tiers = ", ".join(choice.role(tier) for tier in choice.tiers)
    apps = ", ".join(choice.apps) or "none: name it with --app"
    first = ident(choice.role(choice.tiers[0]))
    lines = [
        f"The tiers, which nobody signs in with: {tiers}",
        f"The tables belong to {choice.owner_role}, those of the audit to {choice.audit_role}.",
        f"Goes on as before: {apps}",
    ]
    if not choice.logins:
        lines.append(f"A login: CREATE ROLE maria LOGIN IN ROLE {first}; then \\password maria")
    return "".join(f"-- {comment(line)}\n" for line in lines)


def _nobody_is_locked_out(choice: Choice) -> str:
    """The application may be the owner of its tables today. Row security would show it nothing, without an error."""
    known = ", ".join(literal(name) for name in (choice.owner_role, choice.audit_role, *choice.apps))
    return f"""DO $do$
DECLARE
  found text;
BEGIN
  SELECT r.rolname INTO found FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
  WHERE c.oid = to_regclass({literal(f"{ident(choice.schema)}.users")}) AND NOT r.rolsuper
    AND r.rolname NOT IN ({known});
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'The table users belongs to %, who would see nothing of it any more.', quote_ident(found)
      USING HINT = 'Name it: with --app if the application signs in as it, with --owner if it is to go on owning them.';
  END IF;
END $do$;"""


def _roles(choice: Choice) -> Iterator[str]:
    for name in (choice.owner_role, choice.audit_role, *map(choice.role, choice.tiers)):
        yield (
            f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)})"
            f" THEN CREATE ROLE {ident(name)} NOLOGIN; END IF; END $do$;"
        )
    for tier in choice.tiers:
        role = ident(choice.role(tier))
        yield f"ALTER ROLE {role} NOLOGIN NOINHERIT;"
        yield as_superuser(f"ALTER ROLE {role} {PLAIN}")
    yield _lent(choice, "GRANT", "TO")


def _lent(choice: Choice, verb: str, way: str) -> str:
    """Whoever is no superuser of PostgreSQL becomes a member of the owners meanwhile, to hand them the tables."""
    owners = idents((choice.owner_role, choice.audit_role))
    return (
        "DO $do$ BEGIN IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
        f" THEN {verb} {owners} {way} CURRENT_USER; END IF; END $do$;"
    )


def _database(choice: Choice) -> Iterator[str]:
    tiers = idents([*map(choice.role, choice.tiers), *choice.apps, choice.owner_role])
    owner = in_format(ident(choice.owner_role))
    everybody = f"{tiers}, {ident(choice.audit_role)}"
    s = ident(choice.schema)
    yield (
        "DO $do$ BEGIN\n"
        "  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());\n"
        f"  EXECUTE format({literal(f'GRANT CONNECT ON DATABASE %I TO {in_format(tiers)}')}, current_database());\n"
        "  -- Migrations and the comparisons with models make schemas and temporary tables.\n"
        f"  EXECUTE format({literal(f'GRANT CREATE, TEMPORARY ON DATABASE %I TO {owner}')}, current_database());\n"
        "END $do$;"
    )
    yield f"REVOKE ALL ON SCHEMA {s} FROM PUBLIC;"
    yield f"GRANT USAGE ON SCHEMA {s} TO {everybody};"
    # The owner of the audit makes nothing: whoever is handed a function needs it for that moment.
    yield f"GRANT CREATE ON SCHEMA {s} TO {ident(choice.owner_role)}, {ident(choice.audit_role)};"


def _owners(choice: Choice) -> Iterator[str]:
    s, owner = ident(choice.schema), ident(choice.owner_role)
    # A row of the log is written by whoever migrates, and read by auditors: it is there before the first of them.
    yield f"DO $do$ BEGIN IF to_regclass({literal(f'{s}.aerich')}) IS NOT NULL THEN"
    yield f"{create(f'{s}.shellback_migrations', 'postgres')}; END IF; END $do$;"
    for table in TABLES:
        yield f"ALTER TABLE {s}.{ident(table)} OWNER TO {owner};"
    for table in AUDIT_TABLES:
        yield f"ALTER TABLE {s}.{ident(table)} OWNER TO {ident(choice.audit_role)};"
    for table in MIGRATIONS:
        yield f"ALTER TABLE IF EXISTS {s}.{ident(table)} OWNER TO {owner};"
    yield f"ALTER FUNCTION {s}.shellback_users_key() OWNER TO {owner};"


def _security(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for table in GUARDED:
        yield f"ALTER TABLE {s}.{ident(table)} ENABLE ROW LEVEL SECURITY;"
    for policy in policies(choice):
        yield policy.sql(choice.schema)


def _grants(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for table in (*TABLES, *AUDIT_TABLES):
        yield f"REVOKE ALL ON {s}.{ident(table)} FROM PUBLIC;"
    for tier in choice.tiers:
        role = ident(choice.role(tier))
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {s} FROM {role};"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {s} FROM {role};"
        yield from _privileges(choice, role, PRIVILEGES[tier])
    for app in choice.apps:
        yield from _privileges(choice, ident(app), APPLICATION)
    # An application may sign in as the owner of its tables; the audit's are not among them any more.
    audit = tuple(one for one in APPLICATION if one.table in AUDIT_TABLES)
    yield from _privileges(choice, ident(choice.owner_role), audit)


def _privileges(choice: Choice, role: str, privileges: tuple[Privilege, ...]) -> Iterator[str]:
    s = ident(choice.schema)
    for one in privileges:
        columns = f" ({idents(one.columns)})" if one.columns else ""
        grant = f"GRANT {one.verb}{columns} ON {s}.{ident(one.table)} TO {role};"
        if one.table in MIGRATIONS:
            place = literal(f"{s}.{ident(one.table)}")
            yield f"DO $do$ BEGIN IF to_regclass({place}) IS NOT NULL THEN {grant} END IF; END $do$;"
        else:
            yield grant
        if one.verb == "INSERT" and one.table != "user_auth_state":
            yield f"GRANT USAGE ON SEQUENCE {s}.{ident(one.table + '_id_seq')} TO {role};"


def _migrations(choice: Choice) -> Iterator[str]:
    """Whoever migrates does it as the owner, and has to become the owner first; what a migration makes is for the
    application. The tiers see no new table before somebody says so."""
    s, owner = ident(choice.schema), ident(choice.owner_role)
    if Tier.DBA in choice.tiers:
        yield f"GRANT {owner} TO {ident(choice.role(Tier.DBA))};"
    for app in map(ident, choice.apps):
        made = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {s} GRANT"
        yield f"{made} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};"
        yield f"{made} USAGE ON SEQUENCES TO {app};"
