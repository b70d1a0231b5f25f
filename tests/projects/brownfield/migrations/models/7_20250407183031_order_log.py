from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "order_log" ("order_id" INT NOT NULL, "was" TEXT, "is" TEXT, "at" TEXT NOT NULL);
        CREATE TRIGGER "order_log_state" AFTER UPDATE OF "state" ON "order" WHEN old.state IS NOT new.state BEGIN
            INSERT INTO "order_log" VALUES (new.id, old.state, new.state || ';', datetime('now'));
            UPDATE "order" SET "date" = "date" WHERE id = new.id;
        END;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER "order_log_state";
        DROP TABLE "order_log";"""


MODELS_STATE = (
    "eJztmv9vmzgUwP8VxE+bdKvSNN2q0zSJpumWrSVVwu6mTRNywEmsgs3AXBvt8r+fbb47wI"
    "U2bRqUX7by/B6xPw/ee37mt+oSGzrBkeZ5BGHqQkzVP5XfKgYuZH+UDf+hqMDzskEuoGDq"
    "CH2QKYoBMA2oDyx+0xlwAshENgwsH3kUEcykOHQcLiQWU0R4nolCjH6F0KRkDukC+mzgxw"
    "/VCgNKXHbFFAIKfBqYgKo/f7JLhG14DwOuxy+9W3OGoGMXloNsbijkJl16QjbE9FIo8mlM"
    "TYs4oYszZW9JFwSn2igiMIcY+oBCfnvqh3xdfNoxhmSp0RIylWiKORsbzkDo0ByHqZnJVN"
    "PUR4Y5GRimqTYgZxHMqSPuA776OZ/Cm+5x713v7ORt74ypiGmmkner6KczMJGhwKMb6kqM"
    "AwoiDcE4g5r5YY3tBUNEkQvLARcMJc52bHmU/CFTTxjXYU8Eu+FeA9UYXg8mhnZ9w2/vBs"
    "EvR9DSjAEf6QrpUpK+evuaywl7naJ3Lb2J8vfQ+KTwS+X7SB8ImiSgc1/8YqZnfFf5nEBI"
    "iYnJnQnsPMhEnIiYauZjG1KAone96OHPk5Fe7t2ciexbZFHlX8VBwdq79DCvZqEldeH7WY"
    "gt7jFlGiKHIhwc8Z/9oD6/szmigp/1v7Rx/5M2fnWtfZN8qvevRueyA/kNzsVLmDkkCYRm"
    "o5AmWf1/bNuWP154eOMJY3ZbGt3yGadI+ZL4EM3xF7gUsIdsVgBbsARsnEX7uVvtGeRV8i"
    "Ql0iyW+uAuzbTyA8YYsJVDKij0tUlfuxiogvYUWLd3wLfNAnY+QrpEkqS660Nu15UlAIO5"
    "AMRXwuct0y+pb/KeqS5uksU9QWVzKGB2WMCI/9ew9hfAL+eqx/oSWTblPXyz2QtzbzoQz+"
    "mCXZ51akgmaeusI2eteKQrhoqJCrqsCmhCF75JLB7EN34wXybe4+4mfJlWJWAxViQcoDjr"
    "bEo4NWgf4I341uBdp+sxQo3opgbto3uyCd2Tarongu5asVVdD2RukBsLRW+cx9aXX8bQAW"
    "KRlVWY1MvYs3BdVYgVnlni23GV8nBMI36PNgF6ytoyglVSWKYUq6tKkqocKsq2VJS8adUk"
    "ZyT6Lawot5+R2Ta7Gd3UoH0ZubcJ3V413d4a3btFWSPXgPcVISHRb8WjW9eyHXwz6rt4ac"
    "f2aqR/TNTl1t6hi3fo4u368X5UF08fKVrfGI70XfXxboBfekYp5LWVlsePm3ZXaeHQnZY9"
    "gdWJK7PYTnTdbc31JGVBTQ2Wm2aDfCaZHdLaA9Ka56OyjtSlQ0AFdUaKKqmZBH3G7favUq"
    "uhfjH6en41UG7Gg/5wMoyPB9MDXzHIRUyAoqg7HmhXzVonjwzBuXI79DwHlfYTrgFeGoT/"
    "u2HunMT32rvgVZM5xdJMKRnlF+rzXgu0U5U0Dc2IL3xxC5cF0HHaTX0Vj3O7eIgufBLOF3"
    "kr04vzX+mZG5Ob8gZ9VZtm0xWUpNr86qrTbeHBOTQ39qqUrkusTY/L8FaPy15QDbOdw7Jd"
    "xPQsBD0unic19145sWksTxYpx/FiYizG8lyslsO4HOYfHcujr7Vqg7kGWWm1KAvl8UhtIA"
    "eZziGKtyWK/8OewNKtUXUgz5m0Ylsk7UhPTzfZkp6eVu9J+VhxJ8RfqgaEY/UW0j3ubPTl"
    "Q6fmy4fOWq+a/SKNj3E3/So1Z/L8X6XuZrO5te9Pn69SKUlmq/8AbEKirw=="
)
