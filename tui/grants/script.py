"""The whole text: one transaction that psql reads, and that does nothing new when it is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.grants.functions import functions
from tui.grants.policies import policies
from tui.grants.privileges import APPLICATION, PRIVILEGES
from tui.grants.quoting import ident, idents, literal
from tui.grants.tables import AUDIT_TABLES, GUARDED, MIGRATIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.grants.choice import Choice
    from tui.grants.privileges import Privilege


def script(choice: Choice) -> str:
    """Return what psql reads: it stops at the first error, and then nothing of it was done."""
    return f"\\set ON_ERROR_STOP on\n{statements(choice)}"


def statements(choice: Choice) -> str:
    """Return the SQL alone, from BEGIN to COMMIT."""
    parts = [
        "BEGIN;",
        *_roles(choice),
        *_database(choice),
        *_owners(choice),
        functions(choice),
        *_security(choice),
        *_grants(choice),
        "COMMIT;",
    ]
    return "\n".join(parts) + "\n"


def _roles(choice: Choice) -> Iterator[str]:
    for name in (choice.owner_role, choice.audit_role, *map(choice.role, choice.tiers)):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)})"
            f" THEN CREATE ROLE {ident(name)} NOLOGIN; END IF; END $$;"
        )


def _database(choice: Choice) -> Iterator[str]:
    tiers = idents([*map(choice.role, choice.tiers), *choice.apps])
    s = ident(choice.schema)
    yield (
        "DO $$ BEGIN\n"
        "  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());\n"
        f"  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {tiers.replace(chr(39), chr(39) * 2)}',"
        " current_database());\n"
        "END $$;"
    )
    yield f"REVOKE ALL ON SCHEMA {s} FROM PUBLIC;"
    yield f"GRANT USAGE ON SCHEMA {s} TO {tiers}, {ident(choice.audit_role)};"
    yield f"GRANT USAGE, CREATE ON SCHEMA {s} TO {ident(choice.owner_role)};"


def _owners(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for table in TABLES:
        yield f"ALTER TABLE {s}.{ident(table)} OWNER TO {ident(choice.owner_role)};"
    for table in AUDIT_TABLES:
        yield f"ALTER TABLE {s}.{ident(table)} OWNER TO {ident(choice.audit_role)};"
    for table in MIGRATIONS:
        yield f"ALTER TABLE IF EXISTS {s}.{ident(table)} OWNER TO {ident(choice.owner_role)};"


def _security(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for table in GUARDED:
        yield f"ALTER TABLE {s}.{ident(table)} ENABLE ROW LEVEL SECURITY;"
    for policy in policies(choice):
        yield policy.sql(choice.schema)


def _grants(choice: Choice) -> Iterator[str]:
    s = ident(choice.schema)
    for tier in choice.tiers:
        role = ident(choice.role(tier))
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {s} FROM {role};"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {s} FROM {role};"
        yield from _privileges(choice, role, PRIVILEGES[tier])
    for app in choice.apps:
        yield from _privileges(choice, ident(app), APPLICATION)


def _privileges(choice: Choice, role: str, privileges: tuple[Privilege, ...]) -> Iterator[str]:
    s = ident(choice.schema)
    for one in privileges:
        columns = f" ({idents(one.columns)})" if one.columns else ""
        grant = f"GRANT {one.verb}{columns} ON {s}.{ident(one.table)} TO {role};"
        if one.table in MIGRATIONS:
            place = literal(f"{s}.{ident(one.table)}")
            yield f"DO $$ BEGIN IF to_regclass({place}) IS NOT NULL THEN {grant} END IF; END $$;"
        else:
            yield grant
        if one.verb == "INSERT" and one.table != "user_auth_state":
            yield f"GRANT USAGE ON SEQUENCE {s}.{ident(one.table + '_id_seq')} TO {role};"
