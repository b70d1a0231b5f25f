"""The password given again, the archives of the audit, and authenticators that Shellback itself asks for.

The trigger of `audit_events` now lets go of the rows that an archive holds, and of no other. Its two new indexes read
the table once and stop writes meanwhile; where that is too long, make them beforehand under these names and
CONCURRENTLY: what is there is left as it is. The way back keeps the rows and forgets which archives there are: it is
refused while there is one, since the rows in it are not in the table any more.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "step_ups" (
            "id" BIGSERIAL NOT NULL PRIMARY KEY,
            "kind" VARCHAR(20) NOT NULL,
            "at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "expires_at" TIMESTAMPTZ NOT NULL,
            "session_id" BIGINT NOT NULL REFERENCES "user_sessions" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_step_ups_session_ac58df" UNIQUE ("session_id", "kind")
        );
        ALTER TABLE "mfa_factors"
            ADD COLUMN "is_pending" BOOL NOT NULL DEFAULT False,
            ADD COLUMN "last_used_step" BIGINT;
        CREATE TABLE "audit_archives" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "first_seq" BIGINT NOT NULL,
            "last_seq" BIGINT NOT NULL UNIQUE,
            "last_hash" VARCHAR(64) NOT NULL,
            "rows" BIGINT NOT NULL,
            "file_name" VARCHAR(255) NOT NULL,
            "file_sha256" VARCHAR(64) NOT NULL,
            "made_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "actor_label" VARCHAR(100) NOT NULL
        );
        CREATE TRIGGER "audit_archives_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_archives"
            FOR EACH STATEMENT EXECUTE FUNCTION "shellback_append_only"();
        CREATE FUNCTION "shellback_archived_only"() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            archived BIGINT;
        BEGIN
            -- With its schema: a temporary table of that name would be found first.
            EXECUTE format('SELECT max("last_seq") FROM %I."audit_archives"', TG_TABLE_SCHEMA) INTO archived;
            IF OLD."seq" <= archived THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END
        $$;
        DROP TRIGGER "audit_events_append_only" ON "audit_events";
        CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR TRUNCATE ON "audit_events"
            FOR EACH STATEMENT EXECUTE FUNCTION "shellback_append_only"();
        CREATE TRIGGER "audit_events_archived_only" BEFORE DELETE ON "audit_events"
            FOR EACH ROW EXECUTE FUNCTION "shellback_archived_only"();
        CREATE INDEX IF NOT EXISTS "idx_audit_event_at_e55073" ON "audit_events" ("at", "id");
        CREATE INDEX IF NOT EXISTS "idx_audit_event_action_9a27b2" ON "audit_events" ("action", "id");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM "audit_archives") THEN
                RAISE EXCEPTION 'rows of the audit are archived: this migration cannot be taken back';
            END IF;
        END
        $$;
        DROP INDEX IF EXISTS "idx_audit_event_action_9a27b2";
        DROP INDEX IF EXISTS "idx_audit_event_at_e55073";
        DROP TRIGGER "audit_events_archived_only" ON "audit_events";
        DROP TRIGGER "audit_events_append_only" ON "audit_events";
        CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
            FOR EACH STATEMENT EXECUTE FUNCTION "shellback_append_only"();
        DROP FUNCTION "shellback_archived_only"();
        DROP TABLE "audit_archives";
        DELETE FROM "mfa_factors" WHERE "is_pending";
        ALTER TABLE "mfa_factors" DROP COLUMN "last_used_step", DROP COLUMN "is_pending";
        DROP TABLE "step_ups";"""


MODELS_STATE = (
    "eJztXW1z2zYS/isYfWl6o3hsxXbS9pPsuFffOfaNrVzvxR0KFiEJY4pQCdKqppf/fljwRX"
    "wXIZMKxWCm04lJLAg9eNt9sNj9s7dgJrH40XAyYZ7t9n5Ef/ZsvCDiH+lXfdTDy+XmBTxw"
    "8ZMly3qcOPIJfuKugydQ0xRbnIhHJuEThy5dymwoOpoTxMUnkMNWaEXdOfNc5IqHc8znR+"
    "iWvBAHTRyCXWIi5oiyL8T8Ea0c6hKOZkyUdZg3m6Nx0EC2JA6G2vn4CJpgsoloA7VnjX/t"
    "0X60R8xxGeXkO47GM2LDS2LwyZwsMB+jGX0R1XhLxGzkrhjyK0FsKh4QJOFDbx57k/XEoh"
    "M0fUYOmRKH2BPCH8VvOTk6Ofrh+x9lg/060YQtxDt76rCFfLygs6A98sd7Nv3dI4bLZkS8"
    "dQQE//1NPKa2Sf4gPPxz+WxMKbHMRH9TEyqQzw13vZTPrm33Z1kQcH0yJszyFvam8HItAL"
    "Wj0tQfJiEMUL3reDAGbM+ygrESDgu/pZsifhNjMiaZYs+CkQTSfgM2z3qGcXs3Mh6uRobR"
    "y4yyUCI2FIJHE4GUGKGiqVz++hk04e3g5PT96Yd356cfRBHZzOjJ+y/+pzfA+IISnttR74"
    "t8j13sl5AYb0CFiSH/nYH2co6dfGzjMimERdPTCId4thfiBf7DsIg9c+fiz7PjEjz/Oby/"
    "/GV4/+bs+Hv4IBMrib++3AZvBvIVQJ6F2Hgm6yzMfyfrcpRDsX0h3etlcK4N3JNK6J6UwB"
    "u+WzLuzhwpnJBDl3c3N8PRFXrsXT72Uj0h1idqqYz0SGAn8ANoI+zDIhvwN1vQ3sf54Oy0"
    "QleIUoVdId/lAKw4zhMyteDcotWkJpQLBjy8Kx3wU9FEQ3V5TwjVs+pUGfkHsO4kwRUamu"
    "Fx+MnGEnO+Yk6OgnLBmEWwnY90QQ0pzJ9EFU2BHs6MOOzRbNkJ+BKcL+7ubuCHLDj/3ZIP"
    "rkcpvD9/urgSHSG7QRQSSm5cjYnpgtwQSrxQXhURT8hpnKvgzD1hUYAyog51QnSPaEdP4n"
    "Dnm3vtw1sYfFR8RXUtSUlqtCugvfC4a0zm2J7tvIQXVaHxr4B/CFgAoGlgNwv/RwGXSxck"
    "H/+CKlLwm0EdR+E/Dk97L+mR0fWnq4fR8NM/Et3yUSiF8GYgn65TT9+cp1SdqBL06/XoFw"
    "R/ov/c3V6ldc+o3Og/PWgT9lxm2GxlYDOOSfg4fJTf7+SPJRX1vqbfk1Xofm9zv7vsmdiw"
    "TXEAIdPjhWReRm47r1fX4nqc7tbj3buyHi4vZm3vPHv0pDmcSWMSabEA9jv0dFZa9/ZB9L"
    "bAwHAI5nkLZTF3UyDeRfryrBKxdlZCrJ2lGR2TWGTXaRaX3MsU2yep2aUZpq5+fBXF4yTd"
    "lSftUTyC8+gd5klSsoZ5shO2uTPl4Xfro//Xm+8uP9/fX92OjGi8ffe9nj3+YebS3LHrk5"
    "K66w+u68O5+7Q2lFwxMnI7LaJt00ZqWFLB02X6nOuWscEsC/TPzCF0ZocHqteiXdie5J1o"
    "BC5BnwMG/rAQ/hKOo/DppokOXkX+QdnhJQDw1TE5ta9G6PbzzU1Pov2EJ88r7JhGAnZ4ww"
    "Ys9SQqm321GCzST7CNZxuMoO2he5pnUnfoTOZw6JTnvhZ/3y/zYcNQ0sB+UQVnNmaJhy44"
    "mEnHLnDKAkAF5Av2QkwkoGUIoym1yBECgclcwI1mjHBwC5OeXGMLc9cAn7TxERoul8Q23z"
    "LbWiOXsXyntsa/Cs5tv86xiyhHgKmJ5sQhaIHX6ImgQCEP6vGhIy9EjK1xH2HbRDZz56K5"
    "SKBMfgyaR2cz4iDMnzmaMkc+hBYE7eDk97H2YWuhD9uUOn735Jzd0FkhvAmx/Sn2zQP9w2"
    "Dw7t37wfG78w9np+/fn304jhDPviqD/uL6r4B+QuPIWgPh5FBDPy5VD/htGONfA3pYH1U4"
    "ooTQ/vx79kYNnVdxuTov9rg6z7i1wSamNrpDCb2s7Dy2QTNQ912LC3VwbDdCe0rQ+BwPzs"
    "6Vsd6IdRDt+leSBTbJDtxJTEwTJwdHnAgLjTmGQJ8oOZ+nxDo4v06OK7nlHpe45R5Lt9wM"
    "k7InYx9+ZNrWvwIrs1dk6ftv+9vtfN9YrWbl39lEvJq4R2jsu0HxMVjF4z9lu0Wrn4iwZ4"
    "UgnrrE+e2LMIEdYgoBYv4kRCws1g3T+IsUWoFJDZbvxKKiBYjjtTTgqcuJNc3a+nv8Nlj8"
    "Y39WUHMsrfixix1hhft/C+t/aQGJYHuLJ+Jw36yfUy4k1lAPRuCMipjnWvLeG7yGJ0dRvc"
    "9iXsimuB7tQzNEu5dUXrxbc5csRJOFNNxxk6XYcx+ZxKbEFIWZPbXoxO0j4jhCQPzn2c9i"
    "TbCLSIP/9tgy4KyCnyEn9+ZP8e63FLPwZ28zFoul+pI8AFHyx1KsZHB8FQ3fYFgGEzRcT3"
    "qysBho8g+5fsW+FKJef81P2J3MjZpb6zaCQHAG+Mp6lbihMhujY/TQXsyLYhIpmorJDvj8"
    "+fpjPvyRQKoHPI+aRyB2gNtzCapyK353nrmLJH9pUslV12+1anvQqq0Sqx0X0SeBWd5DWw"
    "tNWwtZtEHtUwc7lOok1pWgLkE6DXSo6TO48ph3mawY7RzR7jk0NjK6Q+TmYtnfBfFQrntw"
    "N0KkhrBxPjd8E3YX0JPS3YO+kZEualNdVmIiGuSqm2Wu52zpRpnvOduFTbL+UDEpQqcqyi"
    "mxDkI9qAL1oBjqQRHUqqRLQqxD5sueD3cDGJWtnLRcR8KTNLFYR8RqBt5iTisu8wpaq2VD"
    "vB5WK+D9VUZrTKSDa3L9NqL6fbcuX3E7q7QqnJWsCmfZVcGlk2eiZJZsJLoHcTNGt38Mms"
    "X4bw93twWm30YkTYLTiYv+hyzKD1C3KMEWsEiQ3CGkbz4N/5VG+/Lm7iK9QkMFFynkg4t6"
    "hn/krMBJZwU7pNrVxkyHKMmT/B3QjeQ0uFlwPdtkBpuqaGsxEa2spfzsiItVFuCwvF59d1"
    "99la8AaO//1xnRS4e8KHv/J4Q6aJXU77OrirAGdwu4LfHWvGEzag9dlyyWuf6aiff9Mo9N"
    "C0oa2C+q4LMZSCCXIU5nNqJ2Hz0T8QBuH/5wjEy85mEOAPBVfGJm4MfoEDE6uJvvjllPtd"
    "tvOSb84+AopREHwWTICO18d7g71/YsBIZobF7k0+25CDaSHVx2GwlfTZcqOPulu8cAnVZx"
    "Azgt9gI4zTgByIVQ7Dhqh/9Jqe7h3Ii/habkGz8m1aGevlnf3phGV5Hoi0loim9rjJ98fy"
    "Ud3ScR3Sc2pL5uXJ+U8fhpin+WXsC9HMtx87JfZjYupkIbluVUbEZPWGO2SydYyB2h8ebG"
    "GnOXcOlsRZ6gjH2Ehggi5kCQG0jmNsccgt4gPmcrG2w9Opu7aCKahdbE9YPiRKFvbCFRYF"
    "zu7/vyvp+MViFGgWlwlyz9Lwmb9d0x4giehMGFZKAeWZsLtwhX4msufia26DnmP6fBE+Su"
    "6IQ0EclHG4z7MhhVHfY77Kpfv86n7JWl3bHS5nbWK4AToRC7BrEnznrp5qZ3oTZ2CpKk5U"
    "mnU4ysXd+D4MBGc9naEJw8RdqyAPji+nZ4/+/onCpSmW/ubv96kXNSdfHv0dVQGzXaqIlF"
    "zJLqhHrnp2V1JP029zTlRqB+5iy1WzJpxQR1IqcKiZySSrqaYpyV7RB3sGePgP1TNhUG+q"
    "GFGm0NZdMybF9L2VwOHy6HH6++FmNzZ5OR2JRHkEuql0PaJN73y3gbZhMD9ndD5qVS4G4s"
    "aj8fofHSc8Rm50cQEhsekB8ydeMa6BNqv4hl9ieEkU1WEKxIyL0wavq0B0RVls94PjtT6x"
    "ck/xIlWpuKzxBnKb7mRizMwy/Dt4Oz85CDAc8XJCMycxgWnPlcDLbXyPdwDguGlca+K7Fs"
    "peOBH1h894rRr79c3UN+5kSFjz10/YDEvIzRmJpoah3RFMwkFTYkJtJBuqn+Wz9+dj9VL7"
    "ukVD1AtyhxfP1ujJr0+GZN4RYlimzb4talbt6R1tKM1oH0r0NexKa3SxcnJXUvt7mX8wwu"
    "JfWzQL6DumhzSpLOcdbEFcc2spMHh+gh0ZMH5VIW8ZP5C8L+gG3ZMlAV15Yl4kvRv/dMYp"
    "uhfeXzfhnd64gSFUneYZCJjhMXqM4lcRbU5wuzdO2WsjrJXLuSzKlmIqo3CVGLmKn6o97F"
    "m6WAcEqsG75njdyTodzw01fknCRs8YTYyGlHiAqOEDq5fD06bbGOEDOUNztmzrgOhH/++z"
    "2xcMEaEVMB/hFV1iHN90vTClUMtQLVKolruZJlpHq02qE6+PbDh4OzZgQ1wUl0/gF5aenc"
    "HD1OoCCGkpmUPFoP26ceFnWDgqYQl+kgDVa/RiZno9LwjUlopmY7UxMuKq8kFELj9cDArc"
    "ooxAZVmzzJHvALMf9JySpv09u8LN3vOBQzXkQ5RWpBdKCfzC5MXsdleLI+WlF3DpnykD8p"
    "ubxQxxyTOHATj4vFUUiDrxflCEK/rCHsy3dwbw+xZeB6lUtQNPZF6V8WyEqXMiwrhk/5T2"
    "UD/GrHst6xrM6izwSN3wZ80/gndCufEgw5/QiFrRthLlom6jxC0Bc8uBRIHPJoS+iRH+oR"
    "ftNafM2z4EnY5rkoAdcG4UCsRDNgK9vn83LVgoQvGVhSsu5N8f6eothojeOgmZ+vvQ82fz"
    "NOri9ZgEdiwOcDHAl0AuGys+urf40SxEQmTGPi+ltYPB27MXXE6S+4WcBLwhNvRHSAzN0D"
    "ZMotTGUliQS6Fw+ofpslscUqkpyRnCY5Ncm5D1eIFjnjtmyZ6JIrl7c0d+zlpKTu5Tb3sj"
    "QD1diyuIimy7bTZZGlrT2byviy+LBqFWHmkuXnZS+PLfPf9EupMlHG8JYVebJR/HohRIGa"
    "0RdiIzwTuCHxnzunHHGfdenLWFNAHk0sISJjIMuEheiNH9fqez8s1YR5oieQ+B+10HhzJ2"
    "KcJc32//lcair4AryXoY9edWalbxvCOx3W6sDDWqlrYS289aQvvOkLb1rzjmKqyV1OOYlr"
    "Uq5LCvge9q8SNT2mddSgqD+QrvljpfX15Dhsk8YuDaUcfT00oIq1dXlAXF1VX83BActhq+"
    "A4OQwjcoRuGDbhDJfZ1hqOjDcBTCCvCQHnrVDRzlfD66taMSJJrRlLUkFJqNiahI3wQhqp"
    "mntL4oS3iL6ZaCrfinHT2Al5mIRFxXSJy+g7EltPt6I8N88k56w83FgLUQ7F9oV0o+F568"
    "mGk9JH43Lo8u7mRii4YpW5fOyleoIsMFWKjhwJdO8Ud3BW5Qa2KFVyWyVzB1vipTjOEzK1"
    "4Nyi1aQmlAsGPLwrHfBT0URDdXlPCHXjalYjWbiEQmp4HH6yEaqcObZsmf9CQQ179GQIZ0"
    "Yc9mi2tNiPIaFLq3mMbOQ0zlVwThgWis45cVHtn1MNb2nR5qZS3AZ3XFKjXQHthcddww9v"
    "uusSXlSFxr8C/lG8Ix/AXbxtCqrQbjdtJv+jTtv9sKegCt3vbe53P/Crug9qRm5/5z7H6W"
    "493r0r6/ZEbdFRqZ40jU0ak0iLZUdv1Ky07u2D6G04XHQI5qqBdXLFu0hfNhBsxz/D3W2a"
    "xSX3MsW+Qv6QTswwfQWmS1dgtHveN3svRnf9frseHHBE/xUTZcVqSY5oB/2eTwYfqpwyDT"
    "4UnzLBOx3WutGNrMQJUkcM7kjEYMB+6LnzBxfLBuU6Q24K9Ld5RRpiYZwbPCpcKbqdw1YI"
    "y6g7fbTAJoH0auDIOKUOdxEXg+kttcFzcYqp5TnkJ2TDhaIFwTZHNkTdyY+DV1O9ip6RMt"
    "enxWbUDnbwMBZ3I9FwWhBvvtNuf5neVNHkMsKaUmqz3hbrLpqT4LdYa8sIdo9GOq3CIp0W"
    "k0inGQ4JFl2xL8qLn1mwHxbYsgrXsLTsQR9zvBu8P4+WLfijbMV6+DS8uSlITh2gsuM6lZ"
    "DWC1WrFyo2eWaeu9vcyQjrySMQESNf3j1XnjopWc1ot3zeGBPsqeW6TUp1b2uvLeBhhjBQ"
    "sWm3ZXiC1OVM/K9eUqFdxkxVTkEt+/yrCYJbVswNyHf9rbSALYopxLuH4ojZgfUOadyX1L"
    "aDSLvQ9Sb3rfh8w19NXNG+B4aDvdKgjy74RZXpVOmtufzdL6EDgv4SEBGl+1FpuS6S+k3E"
    "zYVo2lmci8PmhuU7gW+Z6tVE1Fx/kcxZXsr8ujdC2pO7gie39gj4Zq2PjeKQ6fnC3Tshow"
    "8mDyTf7qEdgJSc9LYu3e5B2mPZZUCfm2/BNLHyte7MvCjTbvSuv9UkVkq5K1O4BencQBrN"
    "mWhqH+L/oJmDbdH7EOwHImn6ITRX8/x0N7tXlBuDM1weZK6n0uwwsTxHdRyIpyLvBE2vL/"
    "JOokJtnB+EcR7rM2UDPU+2IyEdmrDLQ7jUzZikpDZjDs6M0ZfpvoVeTm6omY4u3NEyctpo"
    "zRqtOvXoN0EDHByih8QDtNJoVSICdH7cKpAW5ce9F1vc/fXlqFewbWmCZQuwmZ26dSRLGB"
    "y7gGeJxc7eQrXwkAjoV3VAgMsBxITrAU8OW8kbBBOLEtuVAZSJs6A2to6Qn8IE0vquyFMf"
    "4SWV7z2a75dQS62K7gqxJaleysUhL+y5TsolUaGmXA6CcvEDzsCtRRWyJSnVucjI51VCmZ"
    "4XRzI9z4SL1TlzYnRWJTarhMwqujiqj+RV9ItOsBzy4gMnZOfLXTFZzWe1uadbxFq2bX3t"
    "UjeHOqR6Nycl9WQ+hF7e5aAvT1bf6ah06OdDt0OwtYxg9wBvJMya2i1kffW46tVjP1KFwC"
    "RnlyjP5rOR6h7OjQxhHcm2V+vJYYJ0qw5nRk4fy+pDxGYQ1YeIez1EjCa2PvDadpKYXgNb"
    "cOD15f/NAV2K"
)
