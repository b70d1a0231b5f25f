from tortoise import BaseDBAsyncClient

from models import Ship
from tui import NAME

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    await Ship.create(name=NAME, using_db=db)
    return ""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DELETE FROM "ship";"""


MODELS_STATE = "eJyrrgUAAXUA+Q=="
