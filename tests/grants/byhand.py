"""What somebody types into psql under the login of a tier, and may not: statements by what they are after.

`{root}`, `{alice}` and the like are ids; `{owner}` and so on are roles. One statement a line.
"""

from __future__ import annotations

from typing import Final

from tui.grants import Tier


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


SECRETS: Final = _lines("""
    SELECT hashed_password FROM users
    SELECT * FROM users
    SELECT id FROM users WHERE hashed_password LIKE '$argon2%'
    SELECT users FROM users
    SELECT to_jsonb(users) FROM users
    COPY users TO STDOUT
    COPY (SELECT * FROM mfa_factors) TO STDOUT
    SELECT secret_encrypted FROM mfa_factors
    SELECT token_hash FROM one_time_tokens
    SELECT password_fingerprint FROM one_time_tokens
    SELECT pg_read_file('postgresql.conf')
    SELECT rolpassword FROM pg_authid
    COPY audit_events TO PROGRAM 'cat'
    SELECT shellback_password_matches({me}, ARRAY['a', 'b', 'c'])
    SELECT shellback_mark_link()
""")
OVER: Final = _lines("""
    UPDATE users SET hashed_password = 'mine' WHERE id = {root}
    UPDATE users SET hashed_password = 'mine'
    UPDATE users SET is_superuser = true WHERE id = {me}
    UPDATE user_auth_state SET locked_until = NULL WHERE user_id = {root}
    UPDATE user_sessions SET revoked_at = now() WHERE user_id = {root}
    UPDATE one_time_tokens SET revoked_at = now() WHERE user_id = {root}
    UPDATE mfa_factors SET secret_encrypted = 'x' WHERE user_id = {root}
    INSERT INTO users (username, hashed_password, is_superuser) VALUES ('mallory', 'x', true)
    INSERT INTO user_sessions (token_hash, kind, expires_at, user_id) VALUES ('a', 'tui', 'infinity', {root})
    INSERT INTO user_sessions (token_hash, kind, expires_at, user_id) VALUES ('b', 'web', 'infinity', {alice})
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id) VALUES ('reset', 'mine', 'infinity', 'x', {root})
    INSERT INTO mfa_factors (kind, secret_encrypted, user_id) VALUES ('totp', 'x', {root})
    INSERT INTO step_ups (kind, expires_at, session_id) VALUES ('roles', 'infinity', {root_session})
    INSERT INTO user_roles (user_id, role_id, granted_by_label) VALUES ({me}, {boss_role}, 'me')
    INSERT INTO user_roles (user_id, role_id, granted_by_label) VALUES ({root}, {my_role}, 'me')
    UPDATE user_roles SET role_id = {boss_role} WHERE user_id = {me}
    UPDATE role_permissions SET codename = 'users.delete'
    INSERT INTO role_permissions (role_id, codename) VALUES ({my_role}, 'roles.edit')
    DELETE FROM role_permissions
    UPDATE roles SET name = 'x'
    INSERT INTO roles (name) VALUES ('x')
    DELETE FROM roles
    DELETE FROM audit_events
    INSERT INTO audit_archives (first_seq, last_seq, last_hash, rows, file_name, file_sha256, actor_label) VALUES (1, 1000, 'x', 1000, 'x', 'x', 'x')
    UPDATE user_roles SET user_id = {alice}, role_id = {my_role} WHERE user_id = {dora}
    UPDATE user_roles SET user_id = {alice}
    UPDATE user_auth_state SET user_id = {alice} WHERE user_id = {root}
    UPDATE saved_views SET owner_id = {me}
    SET ROLE "{above}"
""")
"""What is above every tier but that of Shellback's superusers."""

AUDIT: Final = _lines("""
    UPDATE audit_events SET actor_label = 'nobody'
    UPDATE audit_archives SET last_seq = 1000
    DELETE FROM audit_archives
    TRUNCATE audit_events
    INSERT INTO audit_events (op_id, actor_label, actor_kind, action, target_type, outcome, seq, prev_hash, hash) VALUES (gen_random_uuid(), 'x', 'tui', 'x', 'user', 'ok', 1000000, 'x', 'x')
    ALTER TABLE audit_events DISABLE TRIGGER ALL
    DROP TRIGGER audit_events_append_only ON audit_events
    DROP TRIGGER shellback_audit_guard ON audit_events
    CREATE OR REPLACE FUNCTION shellback_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'
    DROP TABLE audit_events
    SET session_replication_role = replica
    SELECT setval('audit_events_id_seq', 1)
    SELECT shellback_append(NULL)
    SET ROLE "{audit}"
""")
FENCE: Final = _lines("""
    ALTER TABLE users DISABLE ROW LEVEL SECURITY
    DROP POLICY shellback_support_update ON users
    CREATE POLICY mine ON users USING (true)
    ALTER TABLE users DISABLE TRIGGER ALL
    DROP TRIGGER shellback_recorded ON users
    CREATE TRIGGER mine AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
    CREATE RULE mine AS ON DELETE TO users DO INSTEAD NOTHING
    SET SESSION AUTHORIZATION {server}
    ALTER ROLE "{login}" SUPERUSER
    ALTER ROLE "{login}" BYPASSRLS
    GRANT "{owner}" TO "{login}"
    CREATE ROLE mallory
    CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'
    CREATE TABLE mine (id int)
    CREATE TEMPORARY TABLE mine (id int)
    CREATE VIEW mine AS SELECT 1
    CREATE SCHEMA mine
    ALTER TABLE users ADD COLUMN mine int
    DROP TABLE users
    TRUNCATE users
    TRUNCATE login_attempts
    DELETE FROM login_attempts
    UPDATE login_attempts SET outcome = 'ok'
    DELETE FROM user_auth_state
    DELETE FROM user_sessions
    DELETE FROM one_time_tokens
    UPDATE users SET id = id + 1000 WHERE id = {me}
    UPDATE user_sessions SET token_hash = 'mine'
    UPDATE user_sessions SET expires_at = 'infinity'
    INSERT INTO aerich (version, app, content) VALUES ('x', 'models', '{{}}')
    UPDATE aerich SET version = 'x'
""")
EDITING: Final = _lines("""
    UPDATE users SET username = 'x' WHERE id = {alice}
    UPDATE users SET is_active = false WHERE id = {alice}
    UPDATE users SET expires_at = NULL
    INSERT INTO users (username, hashed_password) VALUES ('mallory', 'x')
    DELETE FROM users WHERE id = {alice}
    DELETE FROM user_roles
""")
"""What operators do to users."""

HELPING: Final = _lines("""
    UPDATE users SET hashed_password = 'x' WHERE id = {alice}
    UPDATE user_auth_state SET failed_count = 0 WHERE user_id = {alice}
    UPDATE user_sessions SET revoked_at = now() WHERE user_id = {alice}
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id) VALUES ('reset', 'mine', 'infinity', 'x', {alice})
    INSERT INTO user_notes (author_label, body, user_id, author_id) VALUES ('me', 'x', {alice}, {me})
""")
"""What support does to users."""

LASTING: Final = _lines("""
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id, created_by_id) VALUES ('reset', 'mine', now() + interval '31 minutes', 'x', {alice}, {me})
    INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id, created_by_id) VALUES ('reset', 'mine', 'infinity', 'x', {alice}, {me})
    INSERT INTO user_sessions (token_hash, kind, expires_at, user_id) VALUES ('a', 'tui', now() + interval '481 minutes', {me})
    INSERT INTO step_ups (kind, expires_at, session_id) VALUES ('roles', now() + interval '6 minutes', {my_session})
    UPDATE one_time_tokens SET expires_at = 'infinity'
    UPDATE step_ups SET expires_at = 'infinity' WHERE session_id = {my_session}
    INSERT INTO saved_views (name, query, owner_id, is_shared, columns) VALUES ('x', 'x', {me}, true, '[1e5000]')
""")
"""What would go on for longer than Shellback lets it, and what nobody could read any more."""

LINK: Final = (
    "INSERT INTO one_time_tokens (purpose, token_hash, expires_at, password_fingerprint, user_id, created_by_id) "
    "VALUES ('reset', 'mine', now() + interval '29 minutes', 'x', {alice}, {me})"
)
FORM: Final = "SELECT 1 WHERE shellback_password_form({me}) LIKE '$argon2id$v=19$m=65536,t=3,p=4$%$AAAA%'"

OWNER: Final = ('SET ROLE "{owner}"',)
MIGRATIONS: Final = ("SELECT content FROM aerich",)

REFUSED: Final = {
    Tier.SUPPORT: (
        *(*SECRETS, *OVER, *LASTING, *AUDIT, *FENCE, *OWNER, *MIGRATIONS, *EDITING),
        "SELECT claimed_host FROM audit_events",
        "UPDATE users SET hashed_password = 'x' WHERE id = {olga}",
        "UPDATE user_notes SET body = 'x' WHERE author_id = {olga}",
    ),
    Tier.OPERATOR: (
        *(*SECRETS, *OVER, *LASTING, *AUDIT, *FENCE, *OWNER, *MIGRATIONS),
        "UPDATE users SET hashed_password = 'x' WHERE id = {dora}",
        "UPDATE users SET created_by_id = {me}",
    ),
    Tier.AUDITOR: (*SECRETS, *OVER, *LASTING, *AUDIT, *FENCE, *OWNER, *EDITING, *HELPING),
    Tier.DBA: (
        *(*SECRETS, *OVER, *LASTING, *AUDIT, *FENCE, *EDITING, *HELPING),
        "SELECT body FROM user_notes",
        "SELECT query FROM saved_views",
        "SELECT username_tried FROM login_attempts",
    ),
    Tier.SUPERUSER: (*SECRETS, *AUDIT, *FENCE, *LASTING, *OWNER),
}
"""Each is refused with 42501."""

NOTHING: Final = {
    Tier.SUPPORT: (
        "DELETE FROM mfa_factors WHERE user_id <> {me}",
        "DELETE FROM user_notes WHERE author_id = {olga}",
        "UPDATE user_sessions SET revoked_at = NULL WHERE token_hash = 'ended'",
        "UPDATE one_time_tokens SET revoked_at = NULL WHERE purpose = 'ended'",
    ),
    Tier.OPERATOR: (
        "DELETE FROM users WHERE id IN ({root}, {dora})",
        "DELETE FROM user_roles WHERE user_id IN ({root}, {dora})",
        "DELETE FROM mfa_factors WHERE user_id = {root}",
    ),
    Tier.AUDITOR: ("DELETE FROM mfa_factors WHERE user_id <> {me}", "DELETE FROM saved_views WHERE owner_id = {olga}"),
    Tier.DBA: (
        "SELECT id FROM users WHERE id <> {me}",
        "SELECT id FROM user_roles WHERE user_id <> {me}",
        "SELECT id FROM user_sessions WHERE user_id <> {me}",
        "UPDATE users SET version = version + 1 WHERE id = {alice}",
    ),
    Tier.SUPERUSER: ("DELETE FROM step_ups WHERE session_id = -1",),
}
"""Each finds no row: to this tier there is none."""

WORKS: Final = {
    Tier.SUPPORT: (
        "SELECT id, username FROM users WHERE id = {alice}",
        "UPDATE users SET hashed_password = 'x', version = version + 1 WHERE id = {alice}",
        FORM,
        LINK,
        "SELECT id FROM users WHERE id = {root} FOR NO KEY UPDATE",
    ),
    Tier.OPERATOR: (
        "UPDATE users SET username = 'x' WHERE id = {alice}",
        "DELETE FROM users WHERE id = {alice}",
        "SELECT changes FROM audit_events",
        LINK,
        "INSERT INTO user_roles (user_id, role_id) SELECT {alice}, id FROM roles WHERE name = 'support'",
    ),
    Tier.AUDITOR: ("SELECT changes FROM audit_events", "SELECT id FROM users WHERE id = {root} FOR NO KEY UPDATE"),
    Tier.DBA: ("SELECT id FROM users WHERE id = {me}", "SELECT content FROM aerich", 'SET ROLE "{owner}"'),
    Tier.SUPERUSER: (
        "UPDATE users SET is_superuser = true WHERE id = {alice}",
        "INSERT INTO roles (name) VALUES ('x')",
        FORM.replace("{me}", "{dora}"),
    ),
}
"""Each works, so that what is refused is not refused by a broken login."""
