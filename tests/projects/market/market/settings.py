"""The market's database: MARKET_DATABASE is its URL."""

import os

TORTOISE_ORM = {
    "connections": {"default": os.environ.get("MARKET_DATABASE", "postgres://market@localhost/market")},
    "apps": {"models": {"models": ["market.models", "aerich.models"], "default_connection": "default"}},
}
