"""Where the library's data lives."""

from pathlib import Path

DATABASE = Path(__file__).resolve().parent.parent / "library.sqlite3"

TORTOISE_ORM = {
    "connections": {"default": f"sqlite://{DATABASE}"},
    "apps": {"models": {"models": ["app.models", "aerich.models"], "default_connection": "default"}},
}
