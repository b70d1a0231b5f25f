from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "authors" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "born" INT
) /* Who wrote a book. */;
CREATE INDEX IF NOT EXISTS "idx_authors_name_23738b" ON "authors" ("name");
CREATE TABLE IF NOT EXISTS "books" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "title" VARCHAR(300) NOT NULL,
    "published" INT,
    "author_id" INT NOT NULL REFERENCES "authors" ("id") ON DELETE RESTRICT
) /* One copy on the shelf. */;
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztl21P2zAQx79KlFdM2hBt6UB711agMbZWaqtt0jRFTnJNrDp2cJxBBf3us52keWpCOw"
    "EDxCvgfGff/Tj7f7k1A+YCiQ4HsfAZNz8ZtyZFAchfKivvDROFYW5XBoFsol2R9tE2ZEeC"
    "I0dI8wKRCKTJhcjhOBSYUeX8w2fGNWcCDGTYjC0PVZjLHBmHqdfoEVN8FYMlmAfCB5Xqr9"
    "/SjKkLNxBlf4ZLa4GBuKVKsKs20HZLrEJtu6DiXDuqw23LYSQOaO4crmRFdOONqVBWDyhw"
    "JEBtL3isiqMxISmGrN4k09wlSbEQ48ICxUQhUtFJArnNtKzxZG7NzuaWZdbwZREFXqnJYV"
    "Shl6lGunpPpfCh2zk+OT7tfTw+lS46zY3lZJ0cnYNJAjWe8dxc63UkUOKhGedQ9c8a1pGP"
    "+HaumX+FrEy5Sjbj2IY2M/wntgG6sQhQT/gK6NFRC8nvg+no82B6IL3eqSOZvB3JrRmnS9"
    "1kTeHO8dqM0z26NnO/v2+30E3RtcDNr/IL6Vz1FiyWhcZVBhs5y2vEXau0UmTOllEd+jAN"
    "O7+cAkG6mjrp9LUcyi0epp+fFPk666fMmnaF5si6rAlkfSnoBlULosjTJamz1UlFVlsUJ2"
    "PYrDebf9T9ajOhYDgsXBmMGlI3jMgHsqhLTrPbm+48L90RWJC9hGcT8FjK87SPY0l6ejtJ"
    "T69Fenp16Qljm2B5Afbp3lLMmwhlbZxDTUZka68noRTzT1CfXfc+hrRXIdcJnzMO2KOXsN"
    "KgL2ROiDrbHoXaR88LA9wk5NLM0fVGo8qtJeuXVYPQBKZns/n0YiRJN49MjzkVDIBjx982"
    "F6QrrZMByn3uGw2amb5J/vOS/D/Ao3Tq3lX0CyGvUPa7/f4uX5z9fvMXp1qrKJS8VHsQTt"
    "1fId3OTkNVp2Wo6tSHKnmigORqlwl/mU3G2wkXQiqUXewI486QE9dLHAJa4CoYaucgiq5I"
    "kenBt8HPKu7R18lQw2GR8LjeRW8w3O/7/+HFbP0XuCvL8A=="
)
