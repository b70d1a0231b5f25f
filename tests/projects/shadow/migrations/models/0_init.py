from tortoise import BaseDBAsyncClient

from migrations import SERIAL

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    serial = SERIAL[db.capabilities.dialect]
    json = "JSON" if db.capabilities.dialect == "sqlite" else "JSONB"
    return f"""
        CREATE TABLE "ship" ("id" {serial}, "name" VARCHAR(50) NOT NULL);
        CREATE TABLE "aerich" (
            "id" {serial},
            "version" VARCHAR(255) NOT NULL,
            "app" VARCHAR(100) NOT NULL,
            "content" {json} NOT NULL
        );"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE "ship";"""


MODELS_STATE = "eJyrrgUAAXUA+Q=="
