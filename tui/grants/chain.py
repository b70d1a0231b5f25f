"""The chain of the audit in SQL: what `models.operations.audit.row` does in Python, for the triggers.

Canonical JSON is ASCII, sorted and without spaces, byte for byte as Python writes it: `audit verify` computes the hash
of every row anew, whoever wrote it.
"""

from __future__ import annotations

from typing import Final

from models.operations.audit.writing import CHAIN_LOCK, GENESIS

JSON_TEXT: Final = "shellback_json_text"
CANONICAL: Final = "shellback_canonical"
ROW_HASH: Final = "shellback_row_hash"
APPEND: Final = "shellback_append"

SIGNATURES: Final = {
    JSON_TEXT: "text",
    CANONICAL: "jsonb",
    ROW_HASH: "{schema}.audit_events",
    APPEND: "{schema}.audit_events",
}

NUMBER: Final = "^-?([0-9]{1,100}|[0-9]{1,11}[.](0|[0-9]{0,3}[1-9]))$"
"""A number of JSON that PostgreSQL and Python write alike, as a regular expression. Of 1.10 or 1e-7 the hash would not
be that of what is read, and one of thousands of digits nobody reads at all."""

DEEPEST: Final = 20
"""Levels of JSON: some thousand of them end the program that reads."""

_PURE: Final = "SET search_path = pg_catalog, pg_temp AS"


def chain_functions(s: str) -> str:
    """The statements that make them in the schema `s`, which is quoted already."""
    return f"""
CREATE OR REPLACE FUNCTION {s}.{JSON_TEXT}(value text) RETURNS text LANGUAGE sql IMMUTABLE {_PURE} $$
  SELECT CASE WHEN value COLLATE "C" ~ '^[ !#-\\[\\]-~]*$' THEN '"' || value || '"' ELSE
    (SELECT '"' || string_agg(CASE
        WHEN c = '"' THEN '\\"' WHEN c = '\\' THEN '\\\\' WHEN c = chr(8) THEN '\\b' WHEN c = chr(12) THEN '\\f'
        WHEN c = chr(10) THEN '\\n' WHEN c = chr(13) THEN '\\r' WHEN c = chr(9) THEN '\\t'
        WHEN ascii(c) BETWEEN 32 AND 126 THEN c
        WHEN ascii(c) < 65536 THEN '\\u' || lpad(to_hex(ascii(c)), 4, '0')
        ELSE '\\u' || to_hex(55296 + ((ascii(c) - 65536) >> 10)) || '\\u' || to_hex(56320 + ((ascii(c) - 65536) & 1023))
      END, '' ORDER BY n) || '"'
    FROM regexp_split_to_table(value, '') WITH ORDINALITY AS split(c, n)) END
$$;
CREATE OR REPLACE FUNCTION {s}.{CANONICAL}(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE {_PURE} $$
BEGIN
  CASE jsonb_typeof(value)
  WHEN 'object' THEN
    RETURN '{{' || coalesce((SELECT string_agg({s}.{JSON_TEXT}(e.key) || ':' || {s}.{CANONICAL}(e.value), ','
      ORDER BY e.key COLLATE "C") FROM jsonb_each(value) e), '') || '}}';
  WHEN 'array' THEN
    RETURN '[' || coalesce((SELECT string_agg({s}.{CANONICAL}(e.value), ',' ORDER BY e.n)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS e(value, n)), '') || ']';
  WHEN 'string' THEN
    RETURN {s}.{JSON_TEXT}(value #>> '{{}}');
  ELSE
    RETURN value::text;
  END CASE;
END
$$;
CREATE OR REPLACE FUNCTION {s}.{ROW_HASH}(event {s}.audit_events) RETURNS text LANGUAGE sql STABLE {_PURE} $$
  SELECT encode(sha256(convert_to(event.prev_hash || {s}.{CANONICAL}(
    to_jsonb(event) - 'id' - 'hash' - 'prev_hash' || jsonb_build_object('at',
      to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
      || CASE WHEN date_part('microseconds', event.at)::bigint % 1000000 = 0 THEN ''
         ELSE to_char(event.at AT TIME ZONE 'UTC', '.US') END || '+00:00')), 'UTF8')), 'hex')
$$;
CREATE OR REPLACE FUNCTION {s}.{APPEND}(event {s}.audit_events) RETURNS void LANGUAGE plpgsql {_PURE} $$
DECLARE
  tip_seq bigint;
  tip_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock({CHAIN_LOCK});
  SELECT seq, hash INTO tip_seq, tip_hash FROM {s}.audit_events ORDER BY seq DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT last_seq, last_hash INTO tip_seq, tip_hash FROM {s}.audit_archives ORDER BY last_seq DESC LIMIT 1;
    IF NOT FOUND THEN
      SELECT 0, '{GENESIS}' INTO tip_seq, tip_hash;
    END IF;
  END IF;
  event.id := nextval('{s.replace("'", "''")}.audit_events_id_seq');
  event.seq := tip_seq + 1;
  event.prev_hash := tip_hash;
  event.at := clock_timestamp();
  event.db_user := left(session_user::text, 100);
  event.hash := {s}.{ROW_HASH}(event);
  INSERT INTO {s}.audit_events SELECT (event).*;
END
$$;
"""
