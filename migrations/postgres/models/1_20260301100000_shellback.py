"""From the web service's four columns to Shellback's tables, without losing a row.

PostgreSQL folds a name differently from Python, so the keys of names beyond ASCII are computed here, into a table that
ends with the transaction.
"""

from tortoise import BaseDBAsyncClient

from migrations.usernames import key, refuse_collisions, refuse_other_tables

RUN_IN_TRANSACTION = True
BATCH = 5000


async def upgrade(db: BaseDBAsyncClient) -> str:
    columns = await db.execute_query_dict(
        "SELECT attname FROM pg_attribute WHERE attrelid = '\"users\"'::regclass AND attnum > 0 AND NOT attisdropped"
    )
    refuse_other_tables((row["attname"] for row in columns), exact=False)
    # Nobody may write a name between the moment its key is computed and the moment it is stored.
    await db.execute_script('LOCK TABLE "users" IN SHARE ROW EXCLUSIVE MODE')
    await db.execute_script(
        'CREATE TEMPORARY TABLE "shellback_username_keys" ("id" int PRIMARY KEY, "username_key" text COLLATE "C" NOT NULL)'
        " ON COMMIT DROP"
    )
    last = None
    while rows := await db.execute_query_dict(
        'SELECT "id", "username" FROM "users" WHERE ("id" > $1 OR $1 IS NULL)'
        " AND octet_length(convert_to(\"username\", 'UTF8')) <> char_length(\"username\") ORDER BY \"id\" LIMIT $2",
        [last, BATCH],
    ):
        await db.execute_many(
            'INSERT INTO "shellback_username_keys" ("id", "username_key") VALUES ($1, $2)',
            [[row["id"], key(row["username"])] for row in rows],
        )
        last = rows[-1]["id"]
    alike = await db.execute_query_dict(
        'SELECT "id", "username", "k" FROM (SELECT "id", "username", "k", count(*) OVER (PARTITION BY "k") AS n FROM ('
        'SELECT u."id", u."username", COALESCE(k."username_key", lower(u."username" COLLATE "C")) AS "k"'
        ' FROM "users" u LEFT JOIN "shellback_username_keys" k ON k."id" = u."id") keyed) counted'
        ' WHERE n > 1 OR char_length("k") > 150 ORDER BY "k" COLLATE "C", "id"'
    )
    refuse_collisions((row["id"], row["username"], row["k"]) for row in alike)
    return """
        ALTER TABLE "users" ALTER COLUMN "is_active" SET DEFAULT True;
        ALTER TABLE "users"
            ADD COLUMN "username_key" VARCHAR(150) COLLATE "C" NOT NULL DEFAULT '',
            ADD COLUMN "email" VARCHAR(254),
            ADD COLUMN "email_key" VARCHAR(254) COLLATE "C",
            ADD COLUMN "full_name" VARCHAR(150) NOT NULL DEFAULT '',
            ADD COLUMN "has_usable_password" BOOL NOT NULL DEFAULT True,
            ADD COLUMN "is_superuser" BOOL NOT NULL DEFAULT False,
            ADD COLUMN "is_verified" BOOL NOT NULL DEFAULT False,
            ADD COLUMN "must_change_password" BOOL NOT NULL DEFAULT False,
            ADD COLUMN "password_changed_at" TIMESTAMPTZ,
            ADD COLUMN "password_expires_at" TIMESTAMPTZ,
            ADD COLUMN "token_version" INT NOT NULL DEFAULT 0,
            ADD COLUMN "expires_at" TIMESTAMPTZ,
            ADD COLUMN "deactivated_at" TIMESTAMPTZ,
            ADD COLUMN "deactivation_reason" VARCHAR(255),
            ADD COLUMN "deleted_at" TIMESTAMPTZ,
            ADD COLUMN "version" INT NOT NULL DEFAULT 1,
            ADD COLUMN "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            ADD COLUMN "updated_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            ADD COLUMN "created_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL;
        -- lower() under "C" folds ASCII only, and exactly; the keys of all other names were computed above.
        UPDATE "users" SET "username_key" = COALESCE(
            (SELECT k."username_key" FROM "shellback_username_keys" k WHERE k."id" = "users"."id"),
            lower("username" COLLATE "C")
        );
        DROP TABLE "shellback_username_keys";
        ALTER TABLE "users" ADD CONSTRAINT "users_username_key_key" UNIQUE ("username_key");
        ALTER TABLE "users" ADD CONSTRAINT "users_email_key_key" UNIQUE ("email_key");
        CREATE INDEX "idx_users_deleted_f27077" ON "users" ("deleted_at");
        CREATE INDEX "idx_users_created_eeb5e9" ON "users" ("created_at", "id");
        CREATE INDEX "idx_users_is_acti_7a996a" ON "users" ("is_active", "id");
        CREATE INDEX "idx_users_is_supe_81a580" ON "users" ("is_superuser", "id");
        -- "Contains" reads a trigram index where the extension may be had; without it the list scans.
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
                OR (EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')
                    AND has_database_privilege(current_database(), 'CREATE'))
            THEN
                CREATE EXTENSION IF NOT EXISTS pg_trgm;
                CREATE INDEX "idx_users_username_key_trgm" ON "users" USING gin ("username_key" gin_trgm_ops);
            END IF;
        END
        $$;
        -- The web service may go on writing its four columns: a key is filled in for it, exact for ASCII and close for the rest.
        -- A writer that bumps the version knows the key and is left alone.
        CREATE FUNCTION "shellback_users_key"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF NEW."username_key" <> '' THEN
                    RETURN NEW;
                END IF;
            ELSIF NEW."username" = OLD."username" OR NEW."username_key" <> OLD."username_key"
                OR NEW."version" <> OLD."version"
            THEN
                RETURN NEW;
            END IF;
            IF octet_length(convert_to(NEW."username", 'UTF8')) = char_length(NEW."username") THEN
                NEW."username_key" := lower(NEW."username" COLLATE "C");
            ELSE
                NEW."username_key" := lower(normalize(NEW."username", NFKC));
            END IF;
            RETURN NEW;
        END
        $$;
        CREATE TRIGGER "users_key" BEFORE INSERT OR UPDATE OF "username" ON "users"
            FOR EACH ROW EXECUTE FUNCTION "shellback_users_key"();
        CREATE TABLE "roles" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "name" VARCHAR(50) NOT NULL UNIQUE,
            "description" VARCHAR(255) NOT NULL DEFAULT '',
            "is_system" BOOL NOT NULL DEFAULT False,
            "version" INT NOT NULL DEFAULT 1
        );
        CREATE TABLE "role_permissions" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "codename" VARCHAR(50) NOT NULL,
            "role_id" INT NOT NULL REFERENCES "roles" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_role_permis_role_id_e56975" UNIQUE ("role_id", "codename")
        );
        CREATE TABLE "user_roles" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "granted_by_label" VARCHAR(100) NOT NULL DEFAULT '',
            "granted_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "expires_at" TIMESTAMPTZ,
            "granted_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "role_id" INT NOT NULL REFERENCES "roles" ("id") ON DELETE RESTRICT,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_user_roles_user_id_63f1a8" UNIQUE ("user_id", "role_id")
        );
        CREATE INDEX "idx_user_roles_role_id_01887b" ON "user_roles" ("role_id", "user_id");
        CREATE TABLE "user_auth_state" (
            "last_login_at" TIMESTAMPTZ,
            "last_login_ip" VARCHAR(45),
            "failed_count" SMALLINT NOT NULL DEFAULT 0,
            "last_failed_at" TIMESTAMPTZ,
            "lockout_count" SMALLINT NOT NULL DEFAULT 0,
            "locked_until" TIMESTAMPTZ,
            "lock_cause" VARCHAR(100),
            "user_id" INT NOT NULL PRIMARY KEY REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_user_auth_s_locked__0a2a10" ON "user_auth_state" ("locked_until");
        CREATE INDEX "idx_user_auth_s_last_lo_226a96" ON "user_auth_state" ("last_login_at", "user_id");
        CREATE TABLE "login_attempts" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "username_tried" VARCHAR(150) NOT NULL,
            "ip" VARCHAR(45),
            "user_agent" VARCHAR(255),
            "outcome" VARCHAR(20) NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "user_id" INT REFERENCES "users" ("id") ON DELETE SET NULL
        );
        CREATE INDEX "idx_login_attem_user_id_931ae2" ON "login_attempts" ("user_id", "id");
        CREATE INDEX "idx_login_attem_created_7e0c7c" ON "login_attempts" ("created_at", "id");
        CREATE TABLE "user_sessions" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "kind" VARCHAR(10) NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "last_seen_at" TIMESTAMPTZ,
            "expires_at" TIMESTAMPTZ NOT NULL,
            "revoked_at" TIMESTAMPTZ,
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
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "purpose" VARCHAR(10) NOT NULL,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "expires_at" TIMESTAMPTZ NOT NULL,
            "used_at" TIMESTAMPTZ,
            "revoked_at" TIMESTAMPTZ,
            "password_fingerprint" VARCHAR(64) NOT NULL,
            "created_by_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_one_time_to_user_id_f18a77" ON "one_time_tokens" ("user_id", "id");
        CREATE TABLE "audit_events" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "op_id" UUID NOT NULL,
            "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
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
            "batch_id" UUID,
            "outcome" VARCHAR(10) NOT NULL,
            "reason" VARCHAR(500),
            "ticket" VARCHAR(100),
            "changes" JSONB,
            "version_before" INT,
            "version_after" INT,
            "undo_of" UUID,
            "meta" JSONB,
            "seq" BIGINT NOT NULL UNIQUE,
            "prev_hash" VARCHAR(64) NOT NULL,
            "hash" VARCHAR(64) NOT NULL,
            CONSTRAINT "uid_audit_event_op_id_35b857" UNIQUE ("op_id", "target_type", "target_id")
        );
        CREATE INDEX "idx_audit_event_target__825355" ON "audit_events" ("target_type", "target_id", "id");
        CREATE INDEX "idx_audit_event_actor_i_39c7c1" ON "audit_events" ("actor_id", "id");
        CREATE INDEX "idx_audit_event_batch_i_6b634c" ON "audit_events" ("batch_id");
        CREATE TABLE "mfa_factors" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "kind" VARCHAR(20) NOT NULL,
            "label" VARCHAR(100) NOT NULL DEFAULT '',
            "secret_encrypted" BYTEA NOT NULL,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "last_used_at" TIMESTAMPTZ,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_mfa_factors_user_id_b85c22" ON "mfa_factors" ("user_id");
        CREATE TABLE "user_notes" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "author_label" VARCHAR(100) NOT NULL,
            "body" TEXT NOT NULL,
            "pinned" BOOL NOT NULL DEFAULT False,
            "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "author_id" INT REFERENCES "users" ("id") ON DELETE SET NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        );
        CREATE INDEX "idx_user_notes_user_id_c08c38" ON "user_notes" ("user_id");
        CREATE TABLE "saved_views" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "name" VARCHAR(100) NOT NULL,
            "query" TEXT NOT NULL,
            "columns" JSONB,
            "order" VARCHAR(50),
            "owner_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_saved_views_owner_i_88564a" UNIQUE ("owner_id", "name")
        );
        -- What happened is not rewritten.
        CREATE FUNCTION "shellback_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END
        $$;
        CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
            FOR EACH STATEMENT EXECUTE FUNCTION "shellback_append_only"();
        INSERT INTO "roles" ("name", "description", "is_system") VALUES
            ('operator', 'Creates, edits and deletes users, and grants the roles it outranks', true),
            ('support', 'Gets people back in: resets, unlocks, sessions; never edits or deletes', true),
            ('auditor', 'Reads users and the audit trail; changes nothing', true),
            ('dba', 'Makes and applies migrations; does not see users', true);
        INSERT INTO "role_permissions" ("role_id", "codename")
        SELECT r."id", p."codename" FROM (VALUES
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
        ) AS p ("role", "codename") JOIN "roles" r ON r."name" = p."role";"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
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
        DROP FUNCTION "shellback_append_only"();
        DROP TRIGGER "users_key" ON "users";
        DROP FUNCTION "shellback_users_key"();
        DROP INDEX "idx_users_is_acti_7a996a";
        ALTER TABLE "users"
            DROP COLUMN "username_key",
            DROP COLUMN "email",
            DROP COLUMN "email_key",
            DROP COLUMN "full_name",
            DROP COLUMN "has_usable_password",
            DROP COLUMN "is_superuser",
            DROP COLUMN "is_verified",
            DROP COLUMN "must_change_password",
            DROP COLUMN "password_changed_at",
            DROP COLUMN "password_expires_at",
            DROP COLUMN "token_version",
            DROP COLUMN "expires_at",
            DROP COLUMN "deactivated_at",
            DROP COLUMN "deactivation_reason",
            DROP COLUMN "deleted_at",
            DROP COLUMN "version",
            DROP COLUMN "created_at",
            DROP COLUMN "updated_at",
            DROP COLUMN "created_by_id";"""


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
