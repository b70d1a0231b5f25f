"""From the web service's four columns to Shellback's tables, without losing a row.

SQLite can neither fold a name nor add these columns, so the table is built anew. The SQL carries its own transaction:
Aerich hands it to `executescript`, which commits whatever was begun before.
"""

from tortoise import BaseDBAsyncClient

from migrations.usernames import key, refuse_attached, refuse_collisions, refuse_other_tables

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    # Nothing is changed up to the `return`: this only looks, and lends SQLite the function that computes a key.
    columns = await db.execute_query_dict("SELECT name FROM pragma_table_info('users')")
    refuse_other_tables((row["name"] for row in columns), exact=True)
    attached = await db.execute_query_dict(
        "SELECT type, name FROM sqlite_master WHERE tbl_name = 'users' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    )
    refuse_attached((row["type"], row["name"]) for row in attached)
    async with db.acquire_connection() as connection:
        await connection.create_function("shellback_username_key", 1, key, deterministic=True)
    alike = await db.execute_query_dict(
        "SELECT id, username, k FROM (SELECT id, username, k, count(*) OVER (PARTITION BY k) AS n"
        " FROM (SELECT id, username, shellback_username_key(username) AS k FROM users))"
        " WHERE n > 1 OR length(k) > 150 ORDER BY k, id"
    )
    refuse_collisions((row["id"], row["username"], row["k"]) for row in alike)
    return """
        -- Outside a transaction this pragma holds, inside one it is ignored: with foreign keys on, dropping the old table
        -- would delete the rows of every table that refers to users.
        PRAGMA foreign_keys = OFF;
        BEGIN IMMEDIATE;
        CREATE TABLE "users_seed" AS SELECT "id", "username", "hashed_password", "is_active" FROM "users";
        INSERT INTO "sqlite_sequence" ("name", "seq") SELECT 'users_seed', "seq" FROM "sqlite_sequence" WHERE "name" = 'users';
        DROP TABLE "users";
        CREATE TABLE "users" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "username" VARCHAR(50) NOT NULL UNIQUE,
            "username_key" VARCHAR(150) NOT NULL UNIQUE DEFAULT '',
            "email" VARCHAR(254),
            "email_key" VARCHAR(254) UNIQUE,
            "full_name" VARCHAR(150) NOT NULL DEFAULT '',
            "has_usable_password" INT NOT NULL DEFAULT 1,
            "is_active" INT NOT NULL DEFAULT 1,
            "is_superuser" INT NOT NULL DEFAULT 0,
            "is_verified" INT NOT NULL DEFAULT 0,
            "must_change_password" INT NOT NULL DEFAULT 0,
            "password_changed_at" TIMESTAMP,
            "password_expires_at" TIMESTAMP,
            "token_version" INT NOT NULL DEFAULT 0,
            "expires_at" TIMESTAMP,
            "deactivated_at" TIMESTAMP,
            "deactivation_reason" VARCHAR(255),
            "deleted_at" TIMESTAMP,
            "version" INT NOT NULL DEFAULT 1,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "updated_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "hashed_password" VARCHAR(128) NOT NULL,
            "created_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL
        );
        CREATE INDEX "idx_users_deleted_f27077" ON "users" ("deleted_at");
        CREATE INDEX "idx_users_created_eeb5e9" ON "users" ("created_at", "id");
        CREATE INDEX "idx_users_is_acti_7a996a" ON "users" ("is_active", "id");
        CREATE INDEX "idx_users_is_supe_81a580" ON "users" ("is_superuser", "id");
        INSERT INTO "users" ("id", "username", "username_key", "hashed_password", "is_active")
        SELECT "id", "username", shellback_username_key("username"), "hashed_password", "is_active" FROM "users_seed" ORDER BY "id";
        DROP TABLE "users_seed";
        -- A number that was given out once is not given out again.
        DELETE FROM "sqlite_sequence" WHERE "name" = 'users' AND EXISTS (SELECT 1 FROM "sqlite_sequence" WHERE "name" = 'users_seed');
        UPDATE "sqlite_sequence" SET "name" = 'users' WHERE "name" = 'users_seed';
        -- The web service may go on writing its four columns: a key is filled in for it. SQLite folds ASCII only; a writer that
        -- bumps the version knows the key and is left alone.
        CREATE TRIGGER "users_key_insert" AFTER INSERT ON "users" WHEN NEW."username_key" = '' BEGIN
            UPDATE "users" SET "username_key" = lower(NEW."username") WHERE "id" = NEW."id";
        END;
        CREATE TRIGGER "users_key_update" AFTER UPDATE OF "username" ON "users"
        WHEN NEW."username" <> OLD."username" AND NEW."username_key" = OLD."username_key" AND NEW."version" = OLD."version" BEGIN
            UPDATE "users" SET "username_key" = lower(NEW."username") WHERE "id" = NEW."id";
        END;
        CREATE TABLE "roles" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "name" VARCHAR(50) NOT NULL UNIQUE,
            "description" VARCHAR(255) NOT NULL DEFAULT '',
            "is_system" INT NOT NULL DEFAULT 0,
            "version" INT NOT NULL DEFAULT 1
        );
        CREATE TABLE "role_permissions" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "codename" VARCHAR(50) NOT NULL,
            "role_id" INT NOT NULL REFERENCES "roles" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_role_permis_role_id_e56975" UNIQUE ("role_id", "codename")
        );
        CREATE TABLE "user_roles" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "granted_by_label" VARCHAR(100) NOT NULL DEFAULT '',
            "granted_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "expires_at" TIMESTAMP,
            "granted_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "role_id" INT NOT NULL REFERENCES "roles" ("id") ON DELETE RESTRICT,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_user_roles_user_id_63f1a8" UNIQUE ("user_id", "role_id")
        );
        CREATE INDEX "idx_user_roles_role_id_01887b" ON "user_roles" ("role_id", "user_id");
        CREATE TABLE "user_auth_state" (
            "last_login_at" TIMESTAMP,
            "last_login_ip" VARCHAR(45),
            "failed_count" SMALLINT NOT NULL DEFAULT 0,
            "last_failed_at" TIMESTAMP,
            "lockout_count" SMALLINT NOT NULL DEFAULT 0,
            "locked_until" TIMESTAMP,
            "lock_cause" VARCHAR(100),
            "user_id" INT NOT NULL PRIMARY KEY REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_user_auth_s_locked__0a2a10" ON "user_auth_state" ("locked_until");
        CREATE INDEX "idx_user_auth_s_last_lo_226a96" ON "user_auth_state" ("last_login_at", "user_id");
        CREATE TABLE "login_attempts" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "username_tried" VARCHAR(150) NOT NULL,
            "ip" VARCHAR(45),
            "user_agent" VARCHAR(255),
            "outcome" VARCHAR(20) NOT NULL,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "user_id" INT REFERENCES "users" ("id") ON DELETE SET NULL
        );
        CREATE INDEX "idx_login_attem_user_id_931ae2" ON "login_attempts" ("user_id", "id");
        CREATE INDEX "idx_login_attem_created_7e0c7c" ON "login_attempts" ("created_at", "id");
        CREATE TABLE "user_sessions" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "kind" VARCHAR(10) NOT NULL,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "last_seen_at" TIMESTAMP,
            "expires_at" TIMESTAMP NOT NULL,
            "revoked_at" TIMESTAMP,
            "revoked_by_label" VARCHAR(100),
            "revoke_reason" VARCHAR(255),
            "ip" VARCHAR(45),
            "user_agent" VARCHAR(255),
            "token_version" INT NOT NULL DEFAULT 0,
            "revoked_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_user_sessio_user_id_f004e2" ON "user_sessions" ("user_id", "id");
        CREATE TABLE "one_time_tokens" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "purpose" VARCHAR(10) NOT NULL,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "expires_at" TIMESTAMP NOT NULL,
            "used_at" TIMESTAMP,
            "revoked_at" TIMESTAMP,
            "password_fingerprint" VARCHAR(64) NOT NULL,
            "created_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_one_time_to_user_id_f18a77" ON "one_time_tokens" ("user_id", "id");
        CREATE TABLE "audit_events" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "op_id" CHAR(36) NOT NULL,
            "at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "actor_id" INT,
            "actor_label" VARCHAR(100) NOT NULL,
            "actor_kind" VARCHAR(10) NOT NULL,
            "claimed_os_user" VARCHAR(100),
            "claimed_host" VARCHAR(255),
            "claimed_ssh_client" VARCHAR(100),
            "db_user" VARCHAR(100),
            "action" VARCHAR(50) NOT NULL,
            "target_type" VARCHAR(20) NOT NULL,
            "target_id" BIGINT,
            "target_label" VARCHAR(100) NOT NULL DEFAULT '',
            "batch_id" CHAR(36),
            "outcome" VARCHAR(10) NOT NULL,
            "reason" VARCHAR(500),
            "ticket" VARCHAR(100),
            "changes" JSON,
            "version_before" INT,
            "version_after" INT,
            "undo_of" CHAR(36),
            "meta" JSON,
            "seq" BIGINT NOT NULL UNIQUE,
            "prev_hash" VARCHAR(64) NOT NULL,
            "hash" VARCHAR(64) NOT NULL,
            CONSTRAINT "uid_audit_event_op_id_35b857" UNIQUE ("op_id", "target_type", "target_id")
        );
        CREATE INDEX "idx_audit_event_target__825355" ON "audit_events" ("target_type", "target_id", "id");
        CREATE INDEX "idx_audit_event_actor_i_39c7c1" ON "audit_events" ("actor_id", "id");
        CREATE INDEX "idx_audit_event_batch_i_6b634c" ON "audit_events" ("batch_id");
        CREATE TABLE "mfa_factors" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "kind" VARCHAR(20) NOT NULL,
            "label" VARCHAR(100) NOT NULL DEFAULT '',
            "secret_encrypted" BLOB NOT NULL,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "last_used_at" TIMESTAMP,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_mfa_factors_user_id_b85c22" ON "mfa_factors" ("user_id");
        CREATE TABLE "user_notes" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "author_label" VARCHAR(100) NOT NULL,
            "body" TEXT NOT NULL,
            "pinned" INT NOT NULL DEFAULT 0,
            "created_at" TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')),
            "author_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_user_notes_user_id_c08c38" ON "user_notes" ("user_id");
        CREATE TABLE "saved_views" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "name" VARCHAR(100) NOT NULL,
            "query" TEXT NOT NULL,
            "columns" JSON,
            "order" VARCHAR(50),
            "owner_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_saved_views_owner_i_88564a" UNIQUE ("owner_id", "name")
        );
        -- What happened is not rewritten.
        CREATE TRIGGER "audit_events_no_update" BEFORE UPDATE ON "audit_events" BEGIN
            SELECT RAISE(ABORT, 'audit_events is append-only');
        END;
        CREATE TRIGGER "audit_events_no_delete" BEFORE DELETE ON "audit_events" BEGIN
            SELECT RAISE(ABORT, 'audit_events is append-only');
        END;
        INSERT INTO "roles" ("name", "description", "is_system") VALUES
            ('operator', 'Creates, edits and deletes users, and grants the roles it outranks', 1),
            ('support', 'Gets people back in: resets, unlocks, sessions; never edits or deletes', 1),
            ('auditor', 'Reads users and the audit trail; changes nothing', 1),
            ('dba', 'Makes and applies migrations; does not see users', 1);
        WITH p ("role", "codename") AS (VALUES
            ('operator', 'users.view'),
            ('operator', 'users.create'),
            ('operator', 'users.edit'),
            ('operator', 'users.deactivate'),
            ('operator', 'users.delete'),
            ('operator', 'users.reset_password'),
            ('operator', 'users.unlock'),
            ('operator', 'users.force_change'),
            ('operator', 'users.revoke_sessions'),
            ('operator', 'users.reset_mfa'),
            ('operator', 'users.export'),
            ('operator', 'users.import'),
            ('operator', 'roles.grant'),
            ('operator', 'audit.view'),
            ('support', 'users.view'),
            ('support', 'users.reset_password'),
            ('support', 'users.unlock'),
            ('support', 'users.force_change'),
            ('support', 'users.revoke_sessions'),
            ('auditor', 'users.view'),
            ('auditor', 'audit.view'),
            ('auditor', 'audit.export'),
            ('auditor', 'migrations.view'),
            ('dba', 'audit.view'),
            ('dba', 'migrations.view'),
            ('dba', 'migrations.apply'),
            ('dba', 'migrations.make')
        )
        INSERT INTO "role_permissions" ("role_id", "codename")
        SELECT r."id", p."codename" FROM p JOIN "roles" r ON r."name" = p."role";
        COMMIT;
        PRAGMA foreign_keys = ON;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        PRAGMA foreign_keys = OFF;
        BEGIN IMMEDIATE;
        DROP TABLE "saved_views";
        DROP TABLE "user_notes";
        DROP TABLE "mfa_factors";
        DROP TABLE "audit_events";
        DROP TABLE "one_time_tokens";
        DROP TABLE "user_sessions";
        DROP TABLE "login_attempts";
        DROP TABLE "user_auth_state";
        DROP TABLE "user_roles";
        DROP TABLE "role_permissions";
        DROP TABLE "roles";
        CREATE TABLE "users_seed" AS SELECT "id", "username", "hashed_password", "is_active" FROM "users";
        INSERT INTO "sqlite_sequence" ("name", "seq") SELECT 'users_seed', "seq" FROM "sqlite_sequence" WHERE "name" = 'users';
        DROP TABLE "users";
        CREATE TABLE "users" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "username" VARCHAR(50) NOT NULL UNIQUE,
            "hashed_password" VARCHAR(128) NOT NULL,
            "is_active" INT NOT NULL DEFAULT 1
        );
        INSERT INTO "users" ("id", "username", "hashed_password", "is_active")
        SELECT "id", "username", "hashed_password", "is_active" FROM "users_seed" ORDER BY "id";
        DROP TABLE "users_seed";
        DELETE FROM "sqlite_sequence" WHERE "name" = 'users' AND EXISTS (SELECT 1 FROM "sqlite_sequence" WHERE "name" = 'users_seed');
        UPDATE "sqlite_sequence" SET "name" = 'users' WHERE "name" = 'users_seed';
        COMMIT;
        PRAGMA foreign_keys = ON;"""


MODELS_STATE = (
    "eJztXVtz2zYW/isYvTTdUT22Ejtp+yQ7ztZbx+7YSrcXd2iYhCSOKEIhQCuabP77AuD9Ko"
    "ImZYrGTCZjETgQ9R3g4Nxw8HWwxAayyMFY17Fr08FP4OvAhkvE/kg3DcEArlZRA39A4YMl"
    "+roEOeIJfCDUgTofaQotgtgjAxHdMVfUxDbvOpkjQNhXAAevwdqkc+xSQNnDOSTzA3CFHp"
    "EDdAdBigyAHdb3ERk/gbVjUkTADLO+DnZnc3DvvyBeIQfy0cn9AX8FA+vsHUx71vq33dl3"
    "9gQ7FJsEfUfA/QzZvBFpRJ+jJST3YGY+smHcFcA2oGsMvEEAnrIHCAj4wKu7gb7RLVMH0w"
    "Vw0BQ5yNYRuWO/5ejg6ODH738SL+yNCXS8ZG321MFL8Xhpzvz3ET/etc3PLtIoniHW6jAI"
    "/v6HPTZtA31BJPi4WmhTE1lGgt+mwQcQzzW6WYlnFzb9IDpyXB80HVvu0o46rzYMUDvsbX"
    "rTJICBD08dl88B27Usf64E08J706iL94oxGgNNoWvxmcSpvReIng007ep6ot2eTzRtkJll"
    "AUVsKviPdIYUm6HsVYn49TP+Cj+Mjt68ffPu9cmbd6yLeM3wydtv3ldHwHiEAp6ryeCbaI"
    "cUej0ExhGofGGIvzPQns2hk49tnCaFMHv1NMIBnt2FeAm/aBayZ3TOPh4fluD5+/jm7Jfx"
    "zavjw+/5F2ImSTz5cuW3jEQThzwLsbZAmyzMv6JNOcoB2a6QHgwyODcG7lEldI9K4A3aVp"
    "jQmSOIE3Tg7Prycjw5B3eDs7tBihNMPpmWzEwPCWqB70MbYh90icCPtqCdz/PR8ZsKrGC9"
    "Clkh2nIAlpznCZpGcO6QNGkI5YIJz9tKJ/yUvaImK94TRM1InSozfw/kThJcpqFpLuE/WV"
    "tBQtbYyVFQTjG2ELTzkS4YIYX5AxuiLdCDlRGHPVwttYAvwfn0+vqS/5AlIZ8t8eBiksL7"
    "08fTc8YIwQbWiSm5cTUmpgsSjSnxTHmVRDxBp3CugjNxmUXBlRF5qBOkO0Q7fBKHO9/c6x"
    "7ezOAz2bfIypIUpUK7AtpLl1BNn0N7VluEFw2h8K+AfwCYD6ChQZqF/z2Di5pLlI9/wRAp"
    "+A1/jIPgj/3T3ks4Mrn4eH47GX/8LcGW90wp5C0j8XSTevrqJKXqhIOA/15MfgH8I/jr+u"
    "o8rXuG/SZ/Dfg7QZdizcZrDRpxTILHwaN8vqMvK5ON+xS+J4dQfO8y3yleIJtvU4SDkOF4"
    "oTMvQ7fdr9eUcD1Ms/WwPiub8eXFrO3aq0ctmv1ZNAYSFgvHvgans9SK23vBbYaB5iBI8g"
    "Rlse+mgLyP7svjSo614xLH2nHao2MgC9VdZnHKnSyxXTo1+7TC5NWPZ1E8jtKsPOqO4uHH"
    "o2uskyRlA+ukFra5K+X2s/Xe+/Tqu7NPNzfnVxMtnG/ffa9WjxfMXBk1WZ+kVKzfO9YHa/"
    "dho0mlYmToagnRrmkjDYhUnukyXeSmZUSYZYH+gB1kzuwgoHrB3gvael5Ew08J+uR74PcL"
    "4W/BPAqeRq/owHWYH5SdXgwATx0TS/t8Aq4+XV4OBNoPUF+soWNoCdh5Cx7h1JOwb7ZpOV"
    "qmn0AbziKM+LsH6WmuYdLzR1SQvBa1Dsvy1yDvpyHesWIa27WNWJNOD8C95xol98Ak4P6r"
    "eHH22g9oyibSEMApRc4/3+6HwEEGI0DGz4zEgkwIG9q/BNF6Dr2kNN0y2RsAAjciR8ykBF"
    "nTbFLbDr+bp7jdM0rsMO7fA2gb4J5CZ4ao99lBYMXGs9kkWz4wPc7LVZubhFFs+DgQ8AAV"
    "wC61RC4cb+ZPDsJxF2wBiFehrjnkr8Hee2WKZLwNoWjJXplR87w30QsvhsBAtokM1hnbU8"
    "vU6RAgx2EE7J9rL5iAtYuS4f4e4JU/j/2fIRZz9JG1/ZPKmPs6iCZjMdVQJMVxUvRlxbYF"
    "rtKG89eflv5KDOTHQHRmE018EJtB7JsC1Jsf+QFSfa49cUypPMJTc/ZSUgl/HI1ev347On"
    "x98u74zdu3x+8Ow70r21S2iZ1e/JvvYwl9ZHvCYTi9kwz49OnifT78IUGKA65rGgecbKeq"
    "Yuv2tPBbvD7J5PyIX5o0w+R1cKV776nuHZe1FdXuOInSuLNODA8f9mORVEpoimx3+XE7c6"
    "0eHVZKljssSZY7zCTLRaqUPNgBVS+xrgR1CdJpoAPtGfPUwrykrWK0c0j7FzhoZXYHyM2Z"
    "2K+DeEDXP7hbidMEsBEy1zyzsA7oSer+Qd/KTGejyYqVGIkCuepmmRuhKt0o8yNUfdgkmz"
    "+SlXKSVEU5RdZDqEdVoB4VQz0qglrW6ZIg65H5shPvSwZ9aSsnTdeTY0BtCOvQWZmBt9in"
    "Fad5glurY1O8Ga+W70uXma0xkh7K5OZtRPm8sj6nkh1XkgrHJVLhOCsVqKkvkJRZElH0D+"
    "J2jG4vtJjF+D+311cFpl9EknaCmzoF/wOWSfZQtyjBlmORcHIHkL76OP4jjfbZ5fVpWkLz"
    "AU5TyPsJcZoXxpXwSWcJe6TaNeaZDlAS0fEa6IZ0CtwsuK5tYA1PZbS1GIlS1lInKBGFMg"
    "I46K+kb33pS9BnOVvaJ2gmd/nFpDDEjis66FHj9bhk1LkEUQ+tkpMqhU1OiuuanGSKx8gi"
    "rMDdAm4mv3RHKZD8F8YyIC/xzLTHlKLlKjcHMtE+LMuCtHhPDXpdJfIgfQpAMSDmzAamPQ"
    "QLxB4wLRT8eAgMuCFBrT2e//eADT830EFsdhCan+LYzLDbK+IlcuN4KKWVpLvk0QyVfLe/"
    "O9f2an8ae9m8CiPba/5FlD0Uu62UiTJXMjh7vfvnAXpTJQ3gTXEWwJtMEoAQhGzHkQv+J6"
    "n6h3Mr+RbKJd96mFQdqXyxub0xja6ioy9GoVx8W8/S5ecrqVN0iVN0sSn1vOfnUsbjxyn8"
    "ILKABzmWY9Q4LDMbl1OmDYt+Mjajy6wxm5o6ZHQH4D46BYbpih/kWqMH3scusA2lyBuuiq"
    "4Mql0ZVLIJ7T1OZW9eJ5LOWlLpSmlzNBs1J4gpjFRDtu5sVjS3zKhpQ6egWHcedbrU5YZ6"
    "EfY9m81lssGPzITaJAP49OJqfPNnGMcJVcrL66t/n+ZEck7/nJyPldKvlP5AthHK0+LrMD"
    "9Nqyq6dZnTuzfvKqzlfbvCpjPmXcewfap5dza+PRu/P38u645ZShMmoCa8vusgx8BLtA/L"
    "bDxsM/PJ5PEJ3lfCzrNMe8Hss5XrsIXvVfBgix/RIRDl1DfcVjPtR5OinwEENlrzYiGM7h"
    "GbhlctBFuG94zkm4KNfoOodxIWP56yr0HOin0b9YxL1vn2l/EPo+MTHmgM7hEDkLJWwqcF"
    "4TeGsY/Q3gAvGzLoGAwa+16B5fMGKZXd20m715/MMsZZjKSH1m/zSfpe0WvZpJgkVe9uZ2"
    "s+60jZYC9WM+9Q/fSuCbc+sbmmla0M7D3hr4Me2aZXh8VJSsXlLnM5z+aRUj8L6Huoi7an"
    "JKnSv22cSOqig3DvEN0nD+FeZYCELsJ8gbA7YDsmBqri2rH61CkP7A0W2GY8r+L5sMzj6r"
    "AeFf2sY8BHNwBBlHsbV8hZmp4vMOsx3dK34UyZl+IufOJmVewIlL1cutl7pTvkmWq+SFX8"
    "tSQQTpH1IxWmlbR2fkOxqOCeE0nYdrNxSKcueq1w0au6c6kZnbZYR4gZytGOmTOvfeIPv9"
    "4gCxbIiJgK8Fs4WI80329tK1Qx1ApUqySu5UqWluJotbi2zgbjX+yHewEfiQeD82PUpb1z"
    "r6lwfAUxoMzcSqH0sF3qYSEbJDSFOE0P3WDNa2RiNUpN3xiF8tRs99QEQuWJDoXAeN0zcK"
    "t6FGKTqkvJXLfwERm/m2idt+lFjaX7HeHdtEfWT9K1wBjo3ecU3N9ERDWhIVibdM4viwLe"
    "oiTiiijsGMgp9j3UHSz/Pqe17bm31C757Lvk83ornlt2t3+4RCycLMAT9KVg4oYEvUC4LN"
    "56/sckYUxnKoElTpAE3dPlwVJhOU8KZQEvqYAZkagabPVrsAmZLyNJQoL+lZxoXs8WW6ac"
    "oh0nUZr2dk071EpUULRM1Y5Pqy7p2gL2HDU7YEexhi3U2Wq69YRpv+s59wQ5eO0rv8GRgg"
    "NwiaHBdGGAbWvDS6BFhxl4PTTEvUhBzk1W0252aMnTCY1WOktVUTOJxu9ieUStDE3cFXKC"
    "dIZdnqxQlscTLY+gfpqMzhCnUfHSrVpDWKJugXJskGBLK0Q5INsV0q1WDmimkF1KEY7Tgb"
    "Pry8vx5BzcDc7uBilOoCU0pQo3hAT9045Hx1WyMVmvksh1Jh9T4CU5zxM0jeDcIWnSEMoF"
    "E563lU74KXtFTVa8J4j6kabRSgFNphNqLuE/WQu0vizMpQkbBSPsMHUjWBlx2MPV0uHEjY"
    "Q6K5ciE9EpnKvgnNDtJbOR4qQqIaka3sKozK2CvA3uOKVCuwLaS5dQzas2UFeEFw2h8K+A"
    "f3j2yQOwzlG5giHUmbm9ODNX/6RzwRCK713mu1cEQj7pNkO3u0jKYZqth/VZ2fQBvQ7VCV"
    "CLprVFYyBhsdQsBpKlVtzeC27zCxPl78MtIO+j+7KFgzdeGLXeMotT7mSJPUM5v16sMHXm"
    "58mKh6pN9WJXj7syarI+SalYv3es5zkwjH/FjrLyKzFTpL1IrE1FmUbvqkSZRu+Ko0y8TZ"
    "W4aXUjK0k+VNVDelI9hGM/dun8lkLxQrn5iFGH4bbERI1fiaORsHOlk64OXgMojukMwRIa"
    "/F5WkUs4NR1Cxc2sP5g2Tx6cQtNyHfQzsHl55SWCNgE2v501/0xsQ+NKJieK4v7BRbeC3q"
    "/L00quXwdqT/U67S/DTRlNLkOsXEpd1tti7JK78zVD2D83UvPXv3Khy/ZFHbt5dSBvl9Cy"
    "CmVYmnavwxyvR29PQrHFP5RJrNuP48vLrKNBzEAflZpyKkGtBFWnBRXWF9il9dZOhlgtHo"
    "YIm/kMjryk5y1LJ0WrPNodXzeaDl25ey+SVP3b2hs7SJ5xGMjYtNuqvfKbhDD7r+Vjjc9q"
    "zFT1KchdBvVkB8EVLvYNiLbhVreAjWnVWqPccufdAbZ9653fqrQybRsZ4lolznqDeFZ8vu"
    "EvR67u7t3TO4y4rwk7mvQts2m6PnrY2ygO8oANqdogQf9e4Lvr0iCexMoRL2VJ1hGRSquu"
    "kFatwvMv1hTw9wApz3mCRkUJ9+QijH2LRpSEXTt3D8ZeGkdZMaCC2FswTUi+zgWwi67ACN"
    "uGW+1TqbswRG1lv84ypwZzzF51yOvhgJkDbcZ9XvyGl5YUfkHW4N/CmypWWX+g3EKVgXgQ"
    "RVjTdSoTMepYAdJWo9PKPn5O+9ifQjz1RNpGzqPtSYmDNkzjAC55SyJJqSyJvbMk1OGyl8"
    "DlmDyUMnAydMpuzNqNqiz/i7DE9w7RfTLFO2k3Stni6u6IKpAW3R1xw7a4m4uzyaBg21I+"
    "ji3AZnbqzvk5blHhlVTx5uFWbwdBspdR8WR5ZPB0+QcHr0VGvW6ZyKaipi+/3sqG1gG4Xz"
    "Am3wOTgDV6GAK4MkW7a+bH6RsZVTI9PyaSlNejj14PrwYKP0gn4+9IUvWuWG/zN8rzNSkD"
    "cNC/F8kAaY9SJYdSiT+p6CyjCkzLbPG9cDSIXHyCUO3zRjFa5VLqMqc75DjsmnztE5sd9I"
    "gXtWR5klIt5n3gcp1YWx6tOmZQKe7mQVej/leGsH+At1L5S+5grDoNW/U0rFc8gWGSs0uU"
    "XzATUfUP51amsCquOmg0eBftXnIhvDSdioyqOF47iKo43k7jeOHCVjGnbcG8tAzsVMxpjB"
    "xTnw9ywk1+y7As0gSjPttCTMW4Nnw286WEYForh1SoNRXrqMUKUx98/61oqHxRSSDsd+8h"
    "uq34DNg30lw7q+zS9ZDkSZeudw3tEnAbu3X9SVUhnrqZffs/G/8KHQ=="
)
