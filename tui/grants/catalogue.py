"""What the catalogue of PostgreSQL is asked. Each is one question; `$1` is the schema, or names of roles."""

from __future__ import annotations

from typing import Final

TABLES: Final = """
    SELECT c.relname::text AS name, pg_get_userbyid(c.relowner)::text AS owner, c.relrowsecurity AS secured
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY 1
"""
ROLES: Final = """
    SELECT rolname::text AS name, array_remove(ARRAY[
        CASE WHEN rolcanlogin THEN 'sign in' END, CASE WHEN rolsuper THEN 'everything, as a superuser' END,
        CASE WHEN rolcreaterole THEN 'make roles' END, CASE WHEN rolcreatedb THEN 'make databases' END,
        CASE WHEN rolreplication THEN 'replicate' END, CASE WHEN rolbypassrls THEN 'pass by row security' END
    ], NULL)::text[] AS more
    FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::text[])
"""
MEMBERS: Final = """
    SELECT pg_get_userbyid(m.roleid)::text AS role, pg_get_userbyid(m.member)::text AS member,
        pg_has_role(m.member, m.roleid, 'USAGE') AS inherits,
        (SELECT rolbypassrls OR rolsuper FROM pg_catalog.pg_roles WHERE oid = m.member) AS passes
    FROM pg_catalog.pg_auth_members m
    -- From 16 on whoever made a role may grant it, and is no member by that alone.
    WHERE coalesce(to_jsonb(m) ->> 'set_option', 'true')::bool AND (
        pg_get_userbyid(m.roleid) = ANY ($1::text[]) OR pg_get_userbyid(m.member) = ANY ($1::text[]))
    ORDER BY 1, 2
"""
POLICIES: Final = """
    SELECT tablename::text AS table, policyname::text AS name, cmd AS verb, roles::text[] AS roles, qual AS using,
        with_check AS check
    FROM pg_catalog.pg_policies WHERE schemaname = $1 ORDER BY 1, 2
"""
PRIVILEGES: Final = """
    WITH held AS (
        SELECT c.oid, c.relname, c.relowner, '' AS attname, c.relacl AS acl
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = ANY ($2::text[])
        UNION ALL SELECT c.oid, c.relname, c.relowner, a.attname, a.attacl
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relname = ANY ($2::text[])
    )
    SELECT held.relname::text AS table, held.attname::text AS column, x.privilege_type::text AS verb,
        CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END AS grantee,
        pg_get_userbyid(held.relowner)::text AS owner
    FROM held, aclexplode(held.acl) x
"""
PLACES: Final = """
    SELECT 'database' AS place, x.privilege_type::text AS verb,
        CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END AS grantee
    FROM pg_catalog.pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
    WHERE d.datname = current_database()
    UNION ALL SELECT 'schema', x.privilege_type::text,
        CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END
    FROM pg_catalog.pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
    WHERE n.nspname = $1 ORDER BY 1, 2, 3
"""
TRIGGERS: Final = """
    SELECT c.relname::text AS table, t.tgname::text AS name, t.tgenabled IN ('O', 'A') AS fires,
        p.proname::text AS function, t.tgtype::int AS moments,
        t.tgqual IS NULL AND (t.tgattr::text = '' OR t.tgname = 'shellback_recorded_hash') AS always
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE n.nspname = $1 AND NOT t.tgisinternal
"""
FUNCTIONS: Final = """
    SELECT p.proname::text AS name, pg_get_userbyid(p.proowner)::text AS owner, p.prosrc AS body,
        p.prosecdef AS as_owner, coalesce(p.proconfig, '{}')::text[] AS settings,
        (SELECT array_agg(CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END)
            FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
            WHERE x.privilege_type = 'EXECUTE')::text[] AS callers
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = $1 AND starts_with(p.proname, 'shellback_')
"""
