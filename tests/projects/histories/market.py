"""A market place on PostgreSQL with two years of migrations: forty files, several branches, much written by hand.

The steps are in `market_early` and `market_late`; here is what the project began with.
"""

from __future__ import annotations

from typing import Final

from tests.projects.histories.market_early import EARLY
from tests.projects.histories.market_late import LATE
from tests.projects.history import History

_MODELS: Final = '''"""The market's tables."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class OrderState(str, Enum):
    NEW = "new"
    PAID = "paid"
    SENT = "sent"


class Category(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=60, unique=True)
    parent: fields.ForeignKeyNullableRelation["Category"] = fields.ForeignKeyField(
        "models.Category", related_name="children", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "categories"


class Customer(Model):
    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=200)
    name = fields.CharField(max_length=120)
    joined_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "customers"


class Product(Model):
    id = fields.BigIntField(primary_key=True)
    sku = fields.CharField(max_length=40, unique=True)
    title = fields.CharField(max_length=200)
    cents = fields.IntField()
    legacy_code = fields.CharField(max_length=12, null=True)

    class Meta:
        table = "products"


class Order(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="orders", on_delete=fields.RESTRICT
    )
    placed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "orders"


class OrderLine(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="lines")
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="lines", on_delete=fields.RESTRICT
    )
    amount = fields.SmallIntField()
    cents = fields.IntField()

    class Meta:
        table = "order_lines"
        unique_together = (("order", "product"),)
'''

_SETTINGS: Final = '''"""The market's database: MARKET_DATABASE is its URL."""

import os

TORTOISE_ORM = {
    "connections": {"default": os.environ.get("MARKET_DATABASE", "postgres://market@localhost/market")},
    "apps": {"models": {"models": ["market.models", "aerich.models"], "default_connection": "default"}},
}
'''

_PYPROJECT: Final = """[project]
name = "market"
version = "14.1"
dependencies = ["tortoise-orm[asyncpg]", "aerich"]

[tool.aerich]
tortoise_orm = "market.settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."
"""

MARKET: Final = History(
    name="market",
    database="postgres",
    models={"models": _MODELS},
    texts={
        "pyproject.toml": _PYPROJECT,
        "market/__init__.py": '"""A market place."""\n',
        "market/settings.py": _SETTINGS,
    },
    steps=(*EARLY, *LATE),
)
