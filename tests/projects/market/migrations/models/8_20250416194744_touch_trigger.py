from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE products ADD COLUMN touched_at TIMESTAMPTZ NOT NULL DEFAULT now();
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $touch$
        BEGIN
            -- A semicolon; and a quote ' in a comment.
            IF row(new.*) IS DISTINCT FROM row(old.*) THEN
                new.touched_at := now();
            END IF;
            RETURN new;
        END;
        $touch$;
        CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch();"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER products_touch ON products;
        DROP FUNCTION touch();
        ALTER TABLE products DROP COLUMN touched_at;"""


MODELS_STATE = (
    "eJztXG1z2jgQ/iuMP7UzuQ4QktDMzc1QQlquBDLBuXb6Mh5hC/DFlqktN2F6+e8nyW+ysB"
    "0bCAXHX9Ii7crSs7L22ZXkX5JpadBw3nQ0zYaOI53XfkkImJD8R6w6qklgsYgqaAEGE4PJ"
    "Ak8IemITB9tAxaRiCgwHkiINOqqtL7BuIVKKXMOghZZKBHU0i4pcpP9woYKtGcRzaJOKr9"
    "9JsY40+ACd4OfiTpnq0NBi3dU1+mxWruDlgpW902d9hC+ZLH3gRFEtwzVRJL9Y4rmFQgUd"
    "YVo6gwjaAEP6BGy7dAS0g/5og0F5nY1EvF5yOhqcAtfA3IgnSlQmKcpwJCvjnqwoUgGMVA"
    "tRfElXPXvNaBf+eNtsHh+fNevHp+2T1tnZSbveJrKsv6tVZ49eZyK0vKYYZv33/aFMO2QR"
    "I3rmpQWPTAdg4GkxY0ToGzryjB83gAwfUuAPFQQLkKGJFgjwzjJBUBDZIJp6OzBCBp5y7z"
    "ND03ScHwYtGP7Tuel+6Ny8uup8fs1qln7NYDR8H4hH4A+7g9E7Bn8Et2q5CNvLVcC7c2An"
    "A86plAJyyQQPigHRDM/Jz2aGBQK8m68FYP2KJq0R8HUdbJnQVoquKoLi08vLISC9sxWGLu"
    "7Tu8QFJgB21RyXlg31GfoIl8wkfdJ3gFSYAL/v0bpcUwdmisdgvgWlkbOxwX3oFcVpSDAg"
    "I4fYWyI6427noicxtCdAvbsHtqbEYKc1VtMSSkLZ1SqzaYolAIEZA4iOhPY7QJ+gPbPIQp"
    "TANcK6TLKhelL6vrGNl0I1mo3WWat9fNoK3/+wJOu1f5pEsH8LuLRAfjv+7PdCG/Nmp/Uc"
    "7uy0nurPaFXcoS2ADRFOdGep0zams5Yn8xHcl9VzG/M3w0V5eG3DQXHL4GEhnNc/xaZWzD"
    "uRHtSGt4NBlnviWMFcN0jkiRJImq95+fEGGoCN4wXh/bihB+cmtW1prooTYrsrgJayRf/m"
    "nNbXXlMHtzZnTGo2MkVgMdw4bTr3oBZKxKnL1LKZNe7gkofafy1CY/nVvu7Sr8Zz23Jnc0"
    "5RUbl5nEj5SLkiEo7HbLYWcOUktsbx6Ay25kvtGVmrUkO7Sg1BE+hGEVoXKpQxT1HPQ+2I"
    "VHquor5C7n4vb94rfBvNPPgSqVR8WV0c338tHZFFHCRwuwsCFNZNmAx0TFFAW/M13wT/OU"
    "TsbQi0ETKWgS9Jh17uX/XGcufqOpYLvejIPVrTjOVBg9JXp4KVwkZqn/ryhxr9WfsyGjLH"
    "trAcPLPZEyM5+YtE+wRcbCnIuleAxq3BQWmA2iq3z0NBY1sf63NQbpvlwCZBKgflXyHL1n"
    "wKsD5EI9pGmQB6zjSbB1YCawtRTKdskbEqvvby+NrCAOpa3i6mWHm7ffd2/PJMQnecQiF7"
    "yDVXAvyY3UPl3fFJCcF7qZiZpWHvE7EsvP+Grjv9i/PaAujaNzTuDeXzmuMn7orSzVYOst"
    "lKpZqtFSLvmpOkLa4MKh9qrAX+nqWzxFgpV6iUESlV27p74W2qbd0dbOveEB9w0+/K+RLn"
    "Ked1CtPxAWmnRIALe2ZLE6Kk1HcRmK69VsoE0rPHLWxWpcUuwZR7In5Rwim+3SDmq9c8M7"
    "if6P9eBTb74mqOMgIbYNIjcKsWGJvAMFJtEGmVyesfN89OQ/Dpjyy4x1edwSDAl/PdyYtj"
    "OokK5MsE5IaHYYQMWWFiymuVCdadLBUru9yF4Y/rVQbYVlgQutgNY4KypYzFgIB//ZMPeS"
    "bM8i3gusFRjgNBNv5mF460npMiBxFFAkHmgo10eszHNdvmxgS2n7r/ztlwCm1I59FGBPn2"
    "tn9RgB67rq69oTrrTM6nWbL059RFKgWnxp5E/7T+KpiLLDpbk9ZVlv069nLGfDaYDf2JDD"
    "9npLyJRl6nhOcGtp9rjGZ/AZRjSiWEuZ0H5nY6zO3VlG4VhFRBSMWBKw68dxedAo6cRNMi"
    "+pxB07iT19U5jJeXrnTu3CLUwRcv3V2oVh7K0EqnDK0VyoB1bBRiZaFCCRnZsxxIrkjZNk"
    "kZwOR5Excnbdj+PR4NU/YtYlricSxdxbX/aobuHOA1vgzwKBy05fSPLYjfVTiKR8+0AfFj"
    "CwacAXVJoNUKrRqCWvnO5zTyfHShkf7VhQb77MJah66r4wvPfO1PuKgWQ7nwxb8C9yv3i4"
    "kUvfnHD1S8+he7SBm/+Cfc7BMv/gn3Ardx8S+675AavnSgratzKemLUF7NUeYHoSKZvQld"
    "Xkrc8mzfZ/gJbcdfU/M6QU6ljOT55CQPeT45SSfPtE6ge+SlKoCwL15CdBu5QpNGRmjSSA"
    "hNLIQTv9KQzqQ5lY1o9L6hvQseXYDdbT8X9/g/CQTm6A=="
)
