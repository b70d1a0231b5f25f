"""Where the workshop's data lives: beside the code, unless WORKSHOP_DATABASE names another file."""

import os
from pathlib import Path

DATABASE = os.environ.get("WORKSHOP_DATABASE", str(Path(__file__).resolve().parent.parent / "workshop.sqlite3"))

TORTOISE_ORM = {
    "connections": {
        "default": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": DATABASE}},
    },
    "apps": {"models": {"models": ["brownfield.models", "aerich.models"], "default_connection": "default"}},
}
