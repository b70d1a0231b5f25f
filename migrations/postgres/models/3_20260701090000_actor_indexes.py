"""Deleting a user finds the rows that name the user as the one who acted, instead of reading five whole tables.

Each table is read once, and takes no writes from then until the end: `users`, which everybody waits for, comes last.
Where that is too long, make these indexes beforehand, one by one and CONCURRENTLY: what is there under its name is left
as it is. CONCURRENTLY here would need a file for each of them, and at any long transaction would stop with a broken
index left behind.

Addresses get the trigram index that names have, where the table is small: for a large one, which would stand still for
minutes, the search box and `shellback doctor` offer the statement that makes it CONCURRENTLY.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE INDEX IF NOT EXISTS "idx_user_notes_author__3220c6" ON "user_notes" ("author_id")
            WHERE "author_id" IS NOT NULL;
        CREATE INDEX IF NOT EXISTS "idx_one_time_to_created_38d1ae" ON "one_time_tokens" ("created_by_id")
            WHERE "created_by_id" IS NOT NULL;
        CREATE INDEX IF NOT EXISTS "idx_user_roles_granted_fc6e80" ON "user_roles" ("granted_by_id")
            WHERE "granted_by_id" IS NOT NULL;
        CREATE INDEX IF NOT EXISTS "idx_user_sessio_revoked_b0d3a2" ON "user_sessions" ("revoked_by_id")
            WHERE "revoked_by_id" IS NOT NULL;
        CREATE INDEX IF NOT EXISTS "idx_users_created_8f89a3" ON "users" ("created_by_id")
            WHERE "created_by_id" IS NOT NULL;
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
                AND (SELECT count(*) FROM (SELECT FROM "users" LIMIT 200001) few) <= 200000
            THEN
                CREATE INDEX IF NOT EXISTS "idx_users_email_key_trgm" ON "users" USING gin ("email_key" gin_trgm_ops);
            END IF;
        END
        $$;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "idx_users_email_key_trgm";
        DROP INDEX "idx_users_created_8f89a3";
        DROP INDEX "idx_user_sessio_revoked_b0d3a2";
        DROP INDEX "idx_user_roles_granted_fc6e80";
        DROP INDEX "idx_one_time_to_created_38d1ae";
        DROP INDEX "idx_user_notes_author__3220c6";"""


MODELS_STATE = (
    "eJztXWtv2zYX/iuEv7R74QaJ26Td+slJ0zVbmgyJu2sGmZFoW7AsuqIU1+j631+Sul8tKp"
    "IrKQSGoZF4KPo55OG58fDrYIU1ZJCDsapix7QHP4GvAxOuEP1H8tUQDOB6Hb5gD2x4b/C2"
    "DkEWfwLviW1BlfU0gwZB9JGGiGrpa1vHJms6WSBA6CeAhTdgo9sL7NjApg8XkCwOwBV6QB"
    "ZQLQRtpAFs0bYPSPsJbCzdRgTMMW1rYWe+AFNvgHiNLMh6J9MDNgQNq3QMujlv/Gt35p05"
    "wZaNdYKeETCdI5O9RApRF2gFyRTM9QfajbMG2AT2BgO3E4Bn9AECHD7w/G6gblVDV8FsCS"
    "w0QxYyVUTu6G85Ojg6+PGHn/iA3T6Bilf0nTmz8Io/Xulzbzz8xzum/tlBio3niL61KAT/"
    "/Esf66aGviDi/7leKjMdGVqM37rGOuDPFXu75s8uTPs9b8hwvVdUbDgrM2y83lJAzaC17k"
    "4THwbWvW05bA6YjmF4c8WfFu5IwybuECM0GppBx2AziVG7AwifDRTl6nqi3J5PFGWQmmU+"
    "RWQqeI9UihSdoXSohP/6ORvCi9HRq9ev3rw8efWGNuHDDJ68/uZ+OgTGJeTwXE0G3/h7aE"
    "O3Bcc4BJUtDP7vFLRnC2hlYxulSSBMh55E2MezvRCv4BfFQObcXtA/jw8L8Px9fHP2YXzz"
    "/PjwB/ZBTCWJK1+uvDcj/opBnoZYWaJtGuZf0bYYZZ9sX0gPBimcawP3qBS6RwXw+u/WmN"
    "hzixPH6MDZ9eXleHIO7gZnd4MEJ6h80g2RmR4QVALfgzbA3m8Sgh9uQXuf56PjVyVYQVvl"
    "soK/ywBYcJ7HaGrBuUXSpCaUcyY8e1c44Wd0iIqoeI8R1SN1ysz8DsidOLhUQ1Mcwn6yso"
    "aEbLCVoaCcYmwgaGYjndNDAvN72kVToPsrIwp7sFoqAV+A8+n19SX7IStCPhv8wcUkgfen"
    "j6fnlBGcDbQRVXKjakxEFyQKVeKp8iqIeIxO4lwGZ+JQi4IpI+JQx0j3iHbwJAp3trnXPr"
    "ypwafTr4jKkgSlRLsE2iuH2Iq6gOa8sgjP60LiXwJ/HzAPQE2Bdhr+dxQuW1+hbPxzukjA"
    "r3l9HPj/6J72XsCRycXH89vJ+ONvMba8o0ohezPiT7eJp89PEqpO0An442LyAbA/wd/XV+"
    "dJ3TNoN/l7wMYEHRsrJt4oUIti4j/2H2XzHX1Z67Tfx/A93oXke5v5buMlMtk2RRgIKY7n"
    "OvNSdLv9enUJ18MkWw+rs7IeX17E2q68euSi6c6i0RC3WBj2FTidppbc7gS3KQaKhSDJEp"
    "T5vpsc8j66L49LOdaOCxxrx0mPjoYMVHWZRSn3ssT26dTs0woTVz++i+JxlGTlUXsUDy8e"
    "XWGdxClrWCeVsM1cKbefjXfuX8+fnX26uTm/mijBfHv2g1w9bjBzrVVkfZxSsr5zrPfX7v"
    "1WEUrFSNFVEqJt00ZqEKks02W2zEzLCDFLA/0eW0ifm35A9YKOC5pqVkTDSwn65Hngu4Xw"
    "N38e+U/DIVpwE+QHpacXBcBVx/jSPp+Aq0+XlwOO9j1UlxtoaUoMdvYGj3DiSdA2/Wo1Wi"
    "WfQBPOQ4zY2P30NEfT7fMHlJO8Fr4dFuWvQdZOQaxhyTS2axPRV6p9AKaua5RMgU7A9Csf"
    "OB32PZrRiTQEcGYj699v0yGwkEYJkPaWkhiQCmFN+R8n2iygm5SmGjodASBwy3PEdJsgY5"
    "ZOatvjt1mK25RSYotyfwqgqYGpDa05st2/LQTWtD+TTrLVPdXj3Fy1hU4oxZb1AwELUAHs"
    "2AbPhWOv2ZODoN8lXQB8KLajD9kw6LjXOk/G2xIbreiQKTXLe+Ot8HIINGTqSKONsTkzdN"
    "UeAmRZlID+55hLKmDNvGS4fwZ47c1j72fwxRz+Sd/9m8iY+zoIJ2M+1ZAnxTFS9GVNtwWm"
    "0gbz15uW3kr05ceAN6YTjf/BN4PIl3zU6+/5HtrqQnlkn0J5hKf6/KmkEv44Gr18+Xp0+P"
    "LkzfGr16+P3xwGe1f6VdEmdnrxM9vHYvrI7oTDYHrHGfDp08W7bPgDggQHHEfXDhjZXlXF"
    "xu1p7rd4eZLK+eG/NG6GievgUvfuqO4dlbUl1e4oidS4004MFx/6Y5FQSmiCbH/5cXtzrR"
    "4dlkqWOyxIljtMJcuFqpQ42D5VL7EuBXUB0kmgfe0Zs9TCrKStfLQzSPsXOGhkdvvILajY"
    "r4K4T9c/uBuJ0/iwEbJQXLOwCuhx6v5B38hMp72JipUIiQS57GaZGaEq3CizI1R92CTrP5"
    "KVcJKURTlB1kOoR2WgHuVDPcqDWtTpEiPrkfmyF+9LCn1hKydJ15NjQE0I68BZmYI336cV"
    "pXmEW6tlU7wer5bnSxeZrRGSHsrk+m1E8byyPqeSHZeSCscFUuE4LRVsXV0iIbMkpOgfxM"
    "0Y3W5oMY3xL7fXVzmmX0iSdILrqg3+A4ZOOqhbFGDLsIg5uX1In38c/5lE++zy+jQpoVkH"
    "pwnkvYQ4xQ3jCvik04Q9Uu1q80z7KPHoeAV0AzoJbhpcx9Swgmci2lqERCpriROUyIYiAt"
    "hvL6VvdelL0GcxW9ojqCd3+cmkMESOK1roQWH1uETUuRhRD62SkzKFTU7y65qcpIrHiCIs"
    "wd0Bbiq/dE8pkOwXRjIgL/FcN8e2jVbrzBzI2PthURakwVoq0G0qkAfpUQAbA6LPTaCbQ7"
    "BE9AHVQsGPh0CDW+LX2mP5f/dY83IDLURnB7GzUxzr6XZ3RbxYbhwLpTSSdBc/miGT77q7"
    "c+2u9qfQwWZVGNld8y+k7KHYbaRMlL4Wwdlt3T8P0KsyaQCv8rMAXqWSALggpDuOWPA/Tt"
    "U/nBvJt5Au+cbDpPJI5ZPN7Y1odCUdfREK6eLbeZYuO19JnqKLnaKLTKnve34uYTx+nMH3"
    "PAt4kGE5hi+HRWbjaka1Yd5OxGZ0qDVm2roKKd0BmIanwLC9Zge5NuietTFzbEMh8pqrok"
    "uDal8GlWhCe49T2evXiYSzlmS6UtIcTUfNCaIKo60gU7W2azuzzKhuQiunWHcWdbLU5dZ2"
    "I+wdm81FssGLzATaJAX49OJqfPNXEMcJVMrL66ufTzMiOad/Tc7HUumXSr8v24jN0uKrMD"
    "9JKyu6tZnT+zfvSqzlrl1h0xrzrmXYPta8Oxvfno3fnX8v645aShMqoCasvusgw8CLvR8W"
    "2XjYpOaTzuITrK2AnWfo5pLaZ2vHogvfreBBFz+yh4CXU98yW003H3QbvQUQmGjDioVQug"
    "esa261EGxo7jOSbQrW+gVe7yQofjyjn0HWmn7Ndo1L2vj2w/jF6PiEBRr9e8QAtOlbwqYF"
    "YTeG0T+huQVuNqTf0O808l2OZSuDlG6xn+odgz8+nN+wO1NiHd4NwMUtoOsy4vKQRnfrjG"
    "5vJYlYhhGSHpre9Z8QcCtui2bkxKl6dzVc/SlP0gB8smZBi4q3t0249YnNFU18ad13hL8W"
    "eqCbXhUWxykll9vM5SyDS0j9zKHvoS7anJIk6w43cRyqjd7JziHaJfdkp9JPAv9ktkDYH7"
    "AtEwNlcW1ZceyE+/cGc2xTbl/+fFjk7rVoi5JO3jFgvWuAIJu5OtfIWumuvzDtrt3RtuY0"
    "nafiLnzkZpXvCBS92breS61b5Jmqv0JWdFgCCCfI+pGH00hOPbsemZePz4gk7LpWOaCTt8"
    "yWuGVWXvhUj06bryNEDOVwx8yY1x7x+19vkAFzZEREBfgt6KxHmu+3phWqCGo5qlUc12Il"
    "S0lwtFxQXaWdsQ97sWbAemKR6OwAeWHrzDsyLE9B9ClTV2JIPWyfeljABgFNIUrTQzdY/R"
    "oZX41C0zdCIT01uz01vlB5pEPBN147Bm5Zj0JkUrUpk+wWPiDtdx1tsja98GXhfkdYM+WB"
    "thN0LVAGupdJ+ZdHEV7KaAg2ur1gN1UBd1ESfj8VtjRkHYAxIFQ4UmqW66UTwMpEbFmJiG"
    "fskBDAa5RxtKjxL/L8Mo+Wp5RB3jH7lPuUD8Dtdsr7nfLuDH2JwPSF52+avgVX/CmC7E4t"
    "pLOtG0BCR0b7PACMF8Td7jfIQncmhx64ZeHYb9rSrzkGe+KPeUFbABMDFhAr0AzwxnT9eZ"
    "lqQSyXjFlSvO+w+XBPFS+kxtFpz8/33gebPyXE5Usa4Amd8NkABwS9QLgodn3+5yTmmEiV"
    "dIsdBfKbJ+u8JUKcrsBNA15QyjQkkcX0qhfT41uYiCQJCPpXO6R+myW2xQo6OQM66eSUTs"
    "59pEK0KBm3ZWKiT6lcLbrAXnK5MS5zM1DMWxYlke6y3e6ywNKWmU1F/rLotGqTw4zDnuEr"
    "89mR7ybj7qZyDrLJAoHNgoVzLLzxnFP+ocQDcImhxjxC2DS2zAEVHodkFVURCwX5ibNpT1"
    "i9XQueb6y1VmriiCPVfdltbg+oka6Js0aWn5P4ZM5mSn/bI/1tfvlXEUs5SiMzrnbaykGF"
    "3SXK8Lz5+2kuyj7ZvpButPBRPXV4E3pllA6cXV9eUkWVSpmzu0GCE2gFdaG6UwFB/3xCo+"
    "My5zloq4Lct9SJDo6X4DyP0dSCc4ukSU0o50x49q5wws/oEBVR8R4j6keiZyP1v6lCqjiE"
    "/WTFVzkFvaE5PezRL+qvjCjswWppsVc0pkuL+Z9DOolzGZxjhoWgqz9KKr395fDmFm3mJQ"
    "674I5SSrRLoL1yiK24xZKqivC8LiT+JfAPTk+7AFbx3ed0IZ34bXbiB0yrXislpwvJ9zbz"
    "3S0jJR7RTtHtL4xzmGTrYXVW1h3XblGlIbloGls0GuIWS8XYdppacrsT3Gb3PVsIEtFjup"
    "nkfXRfNnB0143hVltmUcq9LLHvUI24FytMJtT1KaGuvuwRWd2yY1l2kvX7ZT1LwKH8y3eU"
    "Fd/onSDtxXGSRJRp9KZMlGn0Jj/KxN7JInmNbmQFmY+y/lhP6o8x7MeOvbi1IR9QZjJk2G"
    "C4KytSYTf6KSRoXKpWhoU3APIzvEOwghq7Vp4nMs50i9j8YvkXuskyF2dQNxwLvQUmO1q7"
    "QtAkwGRneLOratTUr2BmJL+byMBz3fR2cL+yXyNna1tQvbLXaX8pbopocili6VJqs94WYZ"
    "fYlfUpwv65keq/vZ4JXbovqtjJqiR9u4KGkSvDkrSdDnO8HL0+CcQW+6NIYt1+HF9eph0N"
    "fAZ6qFSUUzFqKahaLaiwusSOXW3tpIjl4qGI0JlP4chKet6xdBK00qPd8nWjqNARuzkrTt"
    "W/rb228ikph4GITburXjy7CBHT/zV8pvK7GjNlfQpid1k+2kFwhfN9A/zdcKdbwMR22Wrl"
    "zHJnzQE2PeudXQq51k3Tq9vFWK8R14rPNvzFyAXte+bhwI806IMDfkFn8uLFcvv9d7540e"
    "MXhQgJnY9K0vXRqd9EFS5Wmy+Nc34RLr99L/AtUr2aqMHlCskM8VKU1x0SyUzuEpncMiPg"
    "yVofoeKQ4nzu7h2jkYHJjtze1bUASEGkt3WXd3XSHkuLARk334FpTPK1Lmaed29X8G640y"
    "QWusCLXwjhXQ7BqMEC06EOWf0fMLegSbnPiv2wmtTcFUlfZBfPrt5RZrFpXzzwyvGFtaYj"
    "VdPrCIgnKu94Q6+v8k6sQ2mcd8I4j/BM2EDPou1JSYcm7HIfLnEzJk4pzZjOmTHyMN1T4H"
    "J8Q00xOndHS9FJozVttMqLjJ6EG6BziHbJD9BKo1XIESBv2yoDad5tWzd0i7u5OJsMcrYt"
    "6WDZAWxqp26dk+UW5V7iGX093OlqIUj0+k52OABp7HjAvYU3/ASBaujItHkBZXYhqAmNAz"
    "BdUibzS8I26H4I4Frn7x09Oy+hll4F0xUiIqlel4uFHvCyTpdLrEPpcumEy8UtOMNOLYo4"
    "W+JUvauMfFKmlOlJfiXTk1S5WCYQRAD22/ciDSLpzirlzSpwZuUdHJUheRH9ohdeDn7wgS"
    "BU+XBXhFb6s9rM6RZ5LdsmX/vEZl+HFGdznFIu5i5wuUqgL4tWnukoFfRzoatQbC1F2D/A"
    "GymzJnYKWR49Lnv02K1UQTHJ2CWKb/MJqfqHcyNTWFayHdQaOYw53crDmaKTYVkZRGwGUR"
    "lE3GsQMVjYMuC1K5KYlIGtCniNkaWri0FGrMt7MywKc8Gwza74Vj6uuyNLQlGYpxKCaaz2"
    "VK7WlK+j5itMffD9N6KhskUlgLDXvIfoNuIzoF+0M+2sX26vr3KiKiFJ0g2nqzb4Dxg66a"
    "JyVQAuAyPmfEsd502e3B3GvWqsg9PHluB47Gb27f/VeUgZ"
)
