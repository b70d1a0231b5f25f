"""Where a project of that name keeps its Tortoise configuration. The test hands over the connection."""

import json
import os

TORTOISE_ORM = {
    "connections": {"default": json.loads(os.environ["SHADOW_CONNECTION"])},
    "apps": {"models": {"models": ["models", "aerich.models"], "default_connection": "default"}},
}
