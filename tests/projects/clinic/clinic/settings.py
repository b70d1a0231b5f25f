"""Both apps' databases: CLINIC_RECORDS and CLINIC_BILLING, each the path of a file."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
RECORDS = os.environ.get("CLINIC_RECORDS", str(HERE / "clinic.sqlite3"))
BILLING = os.environ.get("CLINIC_BILLING", RECORDS)


def _file(path: str) -> dict[str, object]:
    return {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": path}}


TORTOISE_ORM = {
    "connections": {"default": _file(RECORDS), **({"billing": _file(BILLING)} if BILLING != RECORDS else {})},
    "apps": {
        "records": {"models": ["clinic.records", "aerich.models"], "default_connection": "default"},
        "billing": {
            "models": ["clinic.billing"],
            "default_connection": "billing" if BILLING != RECORDS else "default",
        },
    },
}
