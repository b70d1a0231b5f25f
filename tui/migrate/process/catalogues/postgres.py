"""PostgreSQL's catalogue of one schema: eight questions whatever the number of tables, and what they answer as values.

Definitions come from the server's own deparser, which leaves out a schema only where the search path finds it: set
the path to the schema that is read, so that two schemas with the same objects read the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from .catalogue import Catalogue, Column, ForeignKey, Index, Table, Unique

_MEMBER: Final = "SELECT FROM pg_depend x WHERE x.classid = {of}::regclass AND x.objid = {oid} AND x.deptype = 'e'"
"""An object that belongs to an extension is none of the application's."""

# The only words put in are `_MEMBER`'s, which are ours.
# ruff: noqa: S608
_QUESTIONS: Final = {
    "tables": f"""
        SELECT c.relname::text AS name, obj_description(c.oid, 'pg_class') AS comment,
            CASE WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END AS options
        FROM pg_class c WHERE c.relnamespace = $1 AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
            AND NOT EXISTS ({_MEMBER.format(of="'pg_class'", oid="c.oid")})
        ORDER BY 1
    """,
    "columns": """
        SELECT c.relname::text AS "table", a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
            NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS "default", a.attidentity::text AS identity,
            a.attgenerated::text AS generated, col_description(c.oid, a.attnum) AS comment,
            CASE WHEN a.attcollation <> t.typcollation THEN co.collname::text ELSE '' END AS collation,
            EXISTS (
                SELECT FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
                WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = c.oid
                    AND o.refobjsubid = a.attnum AND o.deptype = 'a'
            ) AS owns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation co ON co.oid = a.attcollation
        WHERE c.relnamespace = $1 AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition ORDER BY c.relname, a.attnum
    """,
    "constraints": """
        SELECT c.relname::text AS "table", k.conname::text AS name, k.contype::text AS kind, k.convalidated AS valid,
            k.condeferrable AS deferrable, k.condeferred AS deferred, k.confdeltype::text AS on_delete,
            k.confupdtype::text AS on_update, k.confmatchtype::text AS match, pg_get_constraintdef(k.oid) AS text,
            CASE WHEN k.contype = 'f' THEN f.relname::text END AS foreign,
            CASE WHEN k.contype = 'f' AND f.relnamespace <> $1 THEN f.relnamespace::regnamespace::text END AS elsewhere,
            ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, i)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i) AS columns,
            ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (n, i)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i) AS "to"
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
        WHERE c.relnamespace = $1 AND NOT c.relispartition AND k.contype IN ('p', 'u', 'f', 'c', 'x') ORDER BY 1, 2
    """,
    "indexes": """
        SELECT c.relname::text AS "table", n.relname::text AS name, i.indisunique AS "unique",
            i.indisvalid AND i.indisready AND i.indislive AS valid, k.contype::text AS kind, m.amname::text AS method,
            i.indpred IS NULL AND i.indexprs IS NULL AS is_plain, i.indnatts = i.indnkeyatts AS has_all,
            substr(pg_get_indexdef(n.oid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I ',
                CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, n.relname,
                CASE WHEN n.relkind = 'I' THEN 'ONLY ' ELSE '' END, s.nspname, c.relname))) AS text,
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY u (n, i)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.n ORDER BY u.i) AS columns
        FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace s ON s.oid = c.relnamespace JOIN pg_am m ON m.oid = n.relam
        LEFT JOIN pg_constraint k ON k.conindid = n.oid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = c.oid
        WHERE c.relnamespace = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1, 2
    """,
    "triggers": """
        SELECT c.relname::text AS "table", t.tgname::text AS name, pg_get_triggerdef(t.oid, true) AS text,
            CASE WHEN t.tgenabled = 'D' THEN ' DISABLED' ELSE '' END AS state, p.prosrc AS source
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND c.relnamespace = $1 AND NOT c.relispartition ORDER BY 1, 2
    """,
    "views": f"""
        SELECT c.relname::text AS name, pg_get_viewdef(c.oid) AS text FROM pg_class c
        WHERE c.relnamespace = $1 AND c.relkind IN ('v', 'm')
            AND NOT EXISTS ({_MEMBER.format(of="'pg_class'", oid="c.oid")}) ORDER BY 1
    """,
    "sequences": f"""
        SELECT c.relname::text AS name, format_type(s.seqtypid, NULL) || ' INCREMENT ' || s.seqincrement AS text
        FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
        WHERE c.relnamespace = $1 AND NOT EXISTS ({_MEMBER.format(of="'pg_class'", oid="c.oid")}) AND NOT EXISTS (
            SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid
                AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
        ) ORDER BY 1
    """,
    "enums": f"""
        SELECT t.typname::text AS name, string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) AS text
        FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
        WHERE t.typnamespace = $1 AND NOT EXISTS ({_MEMBER.format(of="'pg_type'", oid="t.oid")}) GROUP BY 1 ORDER BY 1
    """,
}
_IN_USE: Final = """
    SELECT DISTINCT n.nspname::text FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
_ACTIONS: Final = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_IDENTITY: Final = {"a": "identity always", "d": "identity by default"}

Row = Mapping[str, Any]


async def read_postgres(connection: asyncpg.Connection[Any], schema: str) -> Catalogue:
    """Everything of a schema. To be called in a transaction: the search path is set for what is left of it.

    What stands behind `schema` in the path stays there, for the extensions. Raises what asyncpg raises.
    """
    before: str = await connection.fetchval("SELECT current_setting('search_path')")
    await connection.execute("SELECT set_config('search_path', quote_ident($1) || ', ' || $2, true)", schema, before)
    oid = await connection.fetchval("SELECT oid FROM pg_namespace WHERE nspname = $1", schema)
    rows = {name: await connection.fetch(question, oid) for name, question in _QUESTIONS.items()}
    await connection.execute("SELECT set_config('search_path', $1, true)", before)
    return assemble(rows)


async def schemas_in_use(connection: asyncpg.Connection[Any]) -> list[str]:
    """The schemas that hold anything of an application: a file that names one reaches out of a scratch schema."""
    return [row[0] for row in await connection.fetch(_IN_USE)]


def assemble(rows: Mapping[str, Sequence[Row]]) -> Catalogue:
    """The values out of the answers."""
    columns, constraints, indexes, triggers = (
        _by_table(rows[name]) for name in ("columns", "constraints", "indexes", "triggers")
    )
    tables = {
        row["name"]: _table(row, columns[row["name"]], constraints[row["name"]], indexes[row["name"]])
        | {"triggers": {each["name"]: _trigger(each) for each in triggers[row["name"]]}}
        for row in rows["tables"]
    }
    return Catalogue(
        {name: Table(**values) for name, values in tables.items()},
        {row["name"]: row["text"].strip() for row in rows["views"]},
        {row["name"]: row["text"] for row in rows["sequences"]},
        {row["name"]: row["text"] for row in rows["enums"]},
    )


def _by_table(rows: Sequence[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["table"]].append(row)
    return found


def _table(row: Row, columns: list[Row], constraints: list[Row], indexes: list[Row]) -> dict[str, Any]:
    primary = next((tuple(each["columns"]) for each in constraints if each["kind"] == "p"), ())
    loose = [each for each in indexes if each["kind"] is None]
    keys = [each for each in loose if _is_key(each)]
    return {
        "columns": {each["name"]: _column(each) for each in columns},
        "primary": primary,
        "uniques": tuple(
            [
                Unique(tuple(each["columns"]), each["name"], "constraint", _note(each))
                for each in constraints
                if each["kind"] == "u"
            ]
            + [Unique(tuple(each["columns"]), each["name"], "index", valid=each["valid"]) for each in keys]
        ),
        "foreign": tuple(_foreign(each) for each in constraints if each["kind"] == "f"),
        "checks": {each["name"]: each["text"] for each in constraints if each["kind"] in "cx"},
        "indexes": tuple(
            Index(
                each["name"],
                each["text"],
                each["unique"],
                each["valid"],
                tuple(each["columns"]) if _is_bare(each) else (),
            )
            for each in loose
            if each not in keys
        ),
        "comment": row["comment"] or "",
        "options": row["options"],
    }


def _is_bare(index: Row) -> bool:
    """Nothing but columns in a B-tree: no predicate, expression, direction, operator class or INCLUDE."""
    if not (index["is_plain"] and index["has_all"] and index["method"] == "btree"):
        return False
    # What was written besides the names shows in the text's length: names are quoted where they need it.
    names = ", ".join(index["columns"])
    return bool(index["text"].replace('"', "") == f"USING btree ({names.replace(chr(34), '')})")


def _is_key(index: Row) -> bool:
    """A unique index that says what a unique constraint would say."""
    return bool(index["unique"]) and _is_bare(index)


def _column(row: Row) -> Column:
    default, counts = row["default"], _IDENTITY.get(row["identity"], "")
    if row["owns"] and default is not None and default.startswith("nextval("):
        default, counts = None, "serial"
    generated = ""
    if row["generated"]:
        default, generated = None, f"{default} {'stored' if row['generated'] == 's' else 'virtual'}"
    return Column(
        row["type"], row["nullable"], default, counts, generated, row["collation"] or "", row["comment"] or ""
    )


def _note(row: Row) -> str:
    words = []
    if row["kind"] == "u":
        words += [word for word in ("NULLS NOT DISTINCT", "INCLUDE") if word in row["text"]]
    if row["kind"] == "f" and row["match"] == "f":
        words.append("MATCH FULL")
    if row["deferrable"]:
        words.append("DEFERRABLE INITIALLY DEFERRED" if row["deferred"] else "DEFERRABLE")
    if not row["valid"]:
        words.append("NOT VALID")
    return " ".join(words)


def _foreign(row: Row) -> ForeignKey:
    elsewhere = row["elsewhere"]
    return ForeignKey(
        tuple(row["columns"]),
        f"{elsewhere}.{row['foreign']}" if elsewhere else row["foreign"],
        tuple(row["to"]),
        _ACTIONS[row["on_delete"]],
        _ACTIONS[row["on_update"]],
        _note(row),
        row["name"],
    )


def _trigger(row: Row) -> str:
    """The trigger, and what its function does: a function that was replaced is another trigger."""
    return f"{row['text']}{row['state']}\n{row['source'].strip()}"
