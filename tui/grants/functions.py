"""Functions that answer what a tier may not read for itself: rank, and the secrets of its own accounts.

They run as the owner of the tables (SECURITY DEFINER) with a fixed search path, and only the tiers may call them. What
they answer is bounded by rank: it is about staff accounts that hold no more than the tier.

No function hands out a digest, so that nobody guesses offline. `password_form` is a stored hash with its digest blotted
out: scheme, cost and salt, from which a client makes the digest of what was typed. `password_matches` compares: one
call at a time for each account, and each waits before it looks, so that calling it off in time tells nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.grants.choice import Tier
from tui.grants.quoting import ident, idents, literal, texts

if TYPE_CHECKING:
    from tui.grants.choice import Choice

WITHIN: Final = "shellback_within"
ENTERS: Final = "shellback_enters"
ROLE_WITHIN: Final = "shellback_role_within"
SESSION_ENTERS: Final = "shellback_session_within"
FORM: Final = "shellback_password_form"
MATCHES: Final = "shellback_password_matches"
FACTOR_SECRETS: Final = "shellback_factor_secrets"

SIGNATURES: Final = {
    WITHIN: "integer, text[]",
    ENTERS: "integer, text[]",
    ROLE_WITHIN: "integer, text[]",
    SESSION_ENTERS: "bigint, text[], boolean",
    FORM: "integer",
    MATCHES: "integer, text[]",
    FACTOR_SECRETS: "integer",
}
"""The functions that tiers may call, each with the types of its arguments."""

GONE: Final = {"shellback_stored_hash": "integer", "shellback_password_fingerprint": "integer"}
"""Functions of earlier versions, with the types of their arguments. They answered more than anybody may know now."""

WAIT: Final = 0.25
"""Seconds before a password is compared: four calls a second, whoever guesses and over however many connections."""

GUESSING: Final = 0x5368656C
"""The first key of the lock that guesses at one account wait for; the second is the account."""

GUESSES: Final = 2
"""Digests of one call at most: of the text as it was typed, and of its normal form."""

_HEAD: Final = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"


def functions(choice: Choice) -> str:
    """The statements that make them, and hand them to the owner and the tiers."""
    s = ident(choice.schema)
    sealed = "TABLE (id bigint, secret_encrypted bytea)"
    held = "(g.expires_at IS NULL OR g.expires_at > clock_timestamp())"
    bodies = {
        WITHIN: f"""{_create(s, WITHIN, "account integer, allowed text[]", "boolean")} $$
  SELECT NOT EXISTS (SELECT FROM {s}.users u WHERE u.id = account AND u.is_superuser)
    AND NOT EXISTS (
      SELECT FROM {s}.user_roles g JOIN {s}.role_permissions p ON p.role_id = g.role_id
      WHERE g.user_id = account AND {held} AND p.codename <> ALL (allowed))
$$;""",
        ENTERS: f"""{_create(s, ENTERS, "account integer, allowed text[]", "boolean")} $$
  SELECT {s}.{WITHIN}(account, allowed)
    AND EXISTS (SELECT FROM {s}.user_roles g WHERE g.user_id = account AND {held})
$$;""",
        ROLE_WITHIN: f"""{_create(s, ROLE_WITHIN, "role integer, allowed text[]", "boolean")} $$
  SELECT NOT EXISTS (SELECT FROM {s}.role_permissions p WHERE p.role_id = role AND p.codename <> ALL (allowed))
$$;""",
        SESSION_ENTERS: f"""{_create(s, SESSION_ENTERS, "session bigint, allowed text[], staff boolean", "boolean")} $$
  SELECT EXISTS (
    SELECT FROM {s}.user_sessions t WHERE t.id = session
      AND CASE WHEN staff THEN {s}.{ENTERS}(t.user_id, allowed) ELSE {s}.{WITHIN}(t.user_id, allowed) END)
$$;""",
        FORM: f"""{_create(s, FORM, "account integer", "text")} $$
  SELECT CASE WHEN u.hashed_password COLLATE "C" ~ '[$]2[abxy]?[$][0-9]{{2}}[$][./A-Za-z0-9]{{53}}$'
    THEN left(u.hashed_password, -31) || repeat('.', 31)
    ELSE coalesce(substring(u.hashed_password COLLATE "C" from '^.*[$]'), '')
      || regexp_replace(regexp_replace(u.hashed_password, '^.*[$]', ''), '[^=]',
        CASE WHEN starts_with(u.hashed_password, '$bcrypt') THEN '.' ELSE 'A' END, 'g') END
  FROM {s}.users u WHERE u.id = account AND ({_of_tier(choice, ENTERS)})
$$;""",
        MATCHES: f"""CREATE OR REPLACE FUNCTION {s}.{MATCHES}(account integer, given text[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF cardinality(given) > {GUESSES} THEN
    RAISE EXCEPTION 'at most {GUESSES} at once' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock({GUESSING}, account);
  PERFORM pg_sleep({WAIT});
  RETURN (SELECT array_position(given, u.hashed_password::text)
    FROM {s}.users u WHERE u.id = account AND ({_of_tier(choice, ENTERS)}));
END
$$;""",
        FACTOR_SECRETS: f"""{_create(s, FACTOR_SECRETS, "account integer", sealed)} $$
  SELECT f.id, f.secret_encrypted FROM {s}.mfa_factors f JOIN {s}.users u ON u.id = f.user_id
  WHERE u.id = account AND ({_of_tier(choice, ENTERS)})
$$;""",
    }
    tiers = idents(map(choice.role, choice.tiers))
    owned = [
        f"ALTER FUNCTION {s}.{name}({types}) OWNER TO {ident(choice.owner_role)};\n"
        f"REVOKE ALL ON FUNCTION {s}.{name}({types}) FROM PUBLIC;\n"
        f"GRANT EXECUTE ON FUNCTION {s}.{name}({types}) TO {tiers};"
        for name, types in SIGNATURES.items()
    ]
    gone = (f"DROP FUNCTION IF EXISTS {s}.{name}({types});" for name, types in GONE.items())
    return "\n".join([*gone, *bodies.values(), *owned])


def _create(schema: str, name: str, arguments: str, returns: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {schema}.{name}({arguments}) RETURNS {returns}\n{_HEAD} AS"


def _of_tier(choice: Choice, question: str) -> str:
    """Whether whoever connected belongs to a tier that this account `u` is within. The connection's own role counts,
    `session_user`: inside such a function `current_user` is the owner."""
    parts = []
    for tier in Tier:
        member = connected(choice.role(tier))
        if tier is Tier.SUPERUSER:
            parts.append(member)
        else:
            parts.append(f"({member} AND {ident(choice.schema)}.{question}(u.id, {texts(tier.allowed)}))")
    return "\n    OR ".join(parts)


def connected(role: str) -> str:
    """Whether whoever connected is a member of the role. It may not be there: each tier can be made on its own, and the
    functions are the same for all of them."""
    there = f"SELECT FROM pg_roles r WHERE r.rolname = {literal(role)}"
    return f"EXISTS ({there} AND pg_has_role(session_user, r.oid, 'MEMBER'))"


def of_any_tier(choice: Choice) -> str:
    """Whether whoever connected works under a tier. A superuser of PostgreSQL is a member of every role, and of none of
    these."""
    names = ", ".join(literal(choice.role(tier)) for tier in Tier)
    return (
        "NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AND EXISTS ("
        f"SELECT FROM pg_roles r WHERE r.rolname IN ({names}) AND pg_has_role(session_user, r.oid, 'MEMBER'))"
    )
