"""A clinic with two apps in one repository: `records` and `billing`, each with migrations of its own.

Aerich's table belongs to `records`. Both use one SQLite file, unless CLINIC_BILLING names another one for billing: then
the rows of its migrations are in one database, and its tables in the other.
"""

from __future__ import annotations

from typing import Final

from tests.projects.history import History, Step

_RECORDS: Final = '''"""Patients and their visits."""

from enum import IntEnum

from tortoise import fields
from tortoise.models import Model


class Urgency(IntEnum):
    ROUTINE = 0
    SOON = 1
    NOW = 2


class Patient(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=120)
    born = fields.DateField()


class Visit(Model):
    id = fields.IntField(primary_key=True)
    patient: fields.ForeignKeyRelation[Patient] = fields.ForeignKeyField("records.Patient", related_name="visits")
    urgency = fields.IntEnumField(Urgency, default=Urgency.ROUTINE)
    at = fields.DatetimeField()

    class Meta:
        unique_together = (("patient", "at"),)
'''

_BILLING: Final = '''"""What visits cost. A visit is known here by its number only: the other app may be in another database."""

from tortoise import fields
from tortoise.models import Model


class Tariff(Model):
    code = fields.CharField(max_length=12, primary_key=True)
    text = fields.CharField(max_length=200)
    price = fields.DecimalField(max_digits=10, decimal_places=2)


class Invoice(Model):
    id = fields.IntField(primary_key=True)
    visit = fields.IntField(db_index=True)
    issued_on = fields.DateField()
    tariffs: fields.ManyToManyRelation[Tariff] = fields.ManyToManyField("billing.Tariff", through="invoice_tariff")
'''

_SETTINGS: Final = '''"""Both apps' databases: CLINIC_RECORDS and CLINIC_BILLING, each the path of a file."""

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
'''

_PYPROJECT: Final = """[project]
name = "clinic"
version = "0.9"
dependencies = ["tortoise-orm", "aerich"]

[tool.aerich]
tortoise_orm = "clinic.settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."
"""

CLINIC: Final = History(
    name="clinic",
    database="sqlite",
    models={"records": _RECORDS, "billing": _BILLING},
    texts={
        "pyproject.toml": _PYPROJECT,
        "clinic/__init__.py": '"""A clinic."""\n',
        "clinic/settings.py": _SETTINGS,
    },
    steps=(
        Step(
            "notes",
            app="records",
            edits=(
                (
                    "class Visit(Model):",
                    """class Note(Model):
    id = fields.IntField(primary_key=True)
    patient: fields.ForeignKeyRelation[Patient] = fields.ForeignKeyField("records.Patient", related_name="notes")
    text = fields.TextField()
    tags = fields.JSONField(default=list)


class Visit(Model):""",
                ),
            ),
        ),
        Step(
            "tariffs_of_2025",
            app="billing",
            up="""
        INSERT INTO "tariff" ("code", "text", "price") VALUES
            ('GP', 'Consultation; 20 minutes', '45.00'),
            ('GP+', 'Consultation, "long"', '80.00'),
            ('X-RAY', 'X-ray: the doctor''s choice', '120.50');""",
            down="""
        DELETE FROM "tariff" WHERE "code" IN ('GP', 'GP+', 'X-RAY');""",
        ),
        Step(
            "patient_insurer",
            app="records",
            edits=(
                (
                    "    born = fields.DateField()\n",
                    "    born = fields.DateField()\n    insurer = fields.CharField(max_length=60, null=True)\n",
                ),
            ),
        ),
        Step(
            "invoice_paid_on",
            app="billing",
            edits=(
                (
                    "    issued_on = fields.DateField()\n",
                    "    issued_on = fields.DateField()\n    paid_on = fields.DateField(null=True)\n",
                ),
            ),
        ),
        Step(
            "reminders",
            app="billing",
            edits=(
                (
                    "class Invoice(Model):",
                    """class Reminder(Model):
    id = fields.IntField(primary_key=True)
    invoice: fields.ForeignKeyRelation["Invoice"] = fields.ForeignKeyField("billing.Invoice", related_name="reminders")
    sent_on = fields.DateField()


class Invoice(Model):""",
                ),
            ),
        ),
    ),
)
