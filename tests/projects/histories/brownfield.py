"""A bicycle workshop whose SQLite database is older than its service: made by hand in 2014, Aerich since 2025.

`legacy.sql` is the database as it was found: a table called `order`, columns with blanks and hyphens, dates as people
write them, a row that refers to nobody, a view, a trigger, a table that nobody remembers. Step 0 describes what is
already there, so that it must be stamped and not run.
"""

from __future__ import annotations

from typing import Final

from tests.projects.history import History, Step

_MODELS: Final = '''"""The workshop's tables. Names of the old database are kept."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class State(str, Enum):
    OPEN = "open"
    WAITING = "waiting for parts"
    DONE = "done"


class Customer(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80, source_field="Name")
    email = fields.CharField(max_length=120, null=True, source_field="e-mail")
    since = fields.CharField(max_length=20, null=True)

    class Meta:
        table = "customers"


class Part(Model):
    number = fields.CharField(max_length=20, primary_key=True)
    description = fields.TextField()
    price = fields.FloatField(null=True, source_field="unit price")

    class Meta:
        table = "parts"


class Order(Model):
    id = fields.IntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="orders", on_delete=fields.NO_ACTION
    )
    date = fields.CharField(max_length=20)
    state = fields.CharField(max_length=40, null=True)
    what = fields.TextField()

    class Meta:
        table = "order"
'''

_SETTINGS: Final = '''"""Where the workshop's data lives: beside the code, unless WORKSHOP_DATABASE names another file."""

import os
from pathlib import Path

DATABASE = os.environ.get("WORKSHOP_DATABASE", str(Path(__file__).resolve().parent.parent / "workshop.sqlite3"))

TORTOISE_ORM = {
    "connections": {
        "default": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": DATABASE}},
    },
    "apps": {"models": {"models": ["brownfield.models", "aerich.models"], "default_connection": "default"}},
}
'''

_PYPROJECT: Final = """[project]
name = "workshop"
version = "3.2"
dependencies = ["tortoise-orm", "aerich"]

[tool.aerich]
tortoise_orm = "brownfield.settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."
"""

_LEGACY: Final = """-- The database as it was found, rows made up. No foreign key was ever enforced.
CREATE TABLE customers (id INTEGER PRIMARY KEY, "Name" TEXT, "e-mail" TEXT, since TEXT);
CREATE TABLE "parts" ("number" VARCHAR(20) PRIMARY KEY, description TEXT NOT NULL, "unit price" REAL) WITHOUT ROWID;
CREATE TABLE "order" (
    id integer primary key, customer_id int references customers (id), "date" text, state text default 'open', what text
);
CREATE TABLE [old stuff 2016] (a, b, c);
CREATE VIEW open_orders AS SELECT o.id, c."Name" FROM "order" o JOIN customers c ON c.id = o.customer_id
    WHERE coalesce(o.state, 'open') <> 'done';
CREATE TRIGGER order_state AFTER INSERT ON "order" WHEN new.state IS NULL BEGIN
    UPDATE "order" SET state = 'open' WHERE id = new.id;
END;
CREATE INDEX order_by_customer ON "order" (customer_id);

INSERT INTO customers VALUES (1, 'Ana Ruiz', 'ana@example.org', '3.4.2014'), (2, 'O''Neill; Pat', '', '12.11.2015'),
    (5, 'Łukasz Żak', NULL, 'spring 2017'), (9, '"Two" Wheels Ltd', 'hello@two.example', NULL);
INSERT INTO parts VALUES ('BR-01', 'brake pads; pair', 7.5), ('CH-11', 'chain, 11 speed', 24.9), ('TU-28', 'tube 28"', NULL);
INSERT INTO "order" VALUES (1, 1, '14.02.2024', 'done', 'new chain'), (2, 2, '15.02.2024', 'OPEN', 'brakes -- squeak'),
    (3, 5, '3/3/24', 'wait', 'wheel true'), (4, 77, '9.9.2019', NULL, 'of a customer who is gone'),
    (5, 9, '20.02.2025', 'open', 'fleet: 12 bicycles');
INSERT INTO [old stuff 2016] VALUES (1, 2, 3);
"""

_TIDY_UP: Final = """
        PRAGMA foreign_keys = OFF;
        CREATE TABLE "customers_new" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "Name" VARCHAR(80) NOT NULL,
            "e-mail" VARCHAR(120),
            "since" VARCHAR(20),
            "phone" VARCHAR(30)
        );
        -- An empty address is no address; a name was never missing, and now cannot be.
        INSERT INTO "customers_new" SELECT id, "Name", nullif("e-mail", ''), since, phone FROM "customers";
        DROP VIEW "open_orders";
        DROP TABLE "customers";
        ALTER TABLE "customers_new" RENAME TO "customers";
        CREATE VIEW "open_orders" AS SELECT o.id, c."Name" FROM "order" o JOIN customers c ON c.id = o.customer_id
            WHERE coalesce(o.state, 'open') <> 'done';
        PRAGMA foreign_keys = ON;"""

_STATES: Final = """
known = {"open": "open", "wait": "waiting for parts", "done": "done"}
for row in await db.execute_query_dict('SELECT id, state FROM "order" ORDER BY id'):
    state = known.get((row["state"] or "open").lower(), "open")
    await db.execute_query('UPDATE "order" SET state = ? WHERE id = ?', [state, row["id"]])
"""

BROWNFIELD: Final = History(
    name="brownfield",
    database="sqlite",
    models={"models": _MODELS},
    texts={
        "pyproject.toml": _PYPROJECT,
        "legacy.sql": _LEGACY,
        "brownfield/__init__.py": '"""The service of a bicycle workshop."""\n',
        "brownfield/settings.py": _SETTINGS,
    },
    steps=(
        Step(
            "appointments",
            edits=(
                (
                    "class Part(Model):",
                    """class Appointment(Model):
    id = fields.IntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="appointments", on_delete=fields.CASCADE
    )
    starts_at = fields.DatetimeField(db_index=True)
    details = fields.JSONField(default=dict)

    class Meta:
        table = "appointments"
        unique_together = (("customer", "starts_at"),)


class Part(Model):""",
                ),
            ),
        ),
        Step(
            "customer_phone",
            edits=(
                (
                    "    since = fields.CharField(max_length=20, null=True)\n",
                    "    since = fields.CharField(max_length=20, null=True)\n"
                    "    phone = fields.CharField(max_length=30, null=True)\n",
                ),
            ),
        ),
        Step(
            "customers_tidy",
            up=_TIDY_UP,
            down="""
        -- What was tidied stays tidy: the shape is the old one's already.
        UPDATE "customers" SET "e-mail" = coalesce("e-mail", '');""",
        ),
        Step(
            "order_states",
            up="""
        CREATE INDEX "order_by_state" ON "order" ("state");""",
            before=_STATES,
            down="""
        DROP INDEX "order_by_state";""",
        ),
        Step(
            "suppliers",
            edits=(
                (
                    "class Order(Model):",
                    """class Supplier(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80, unique=True)
    parts: fields.ManyToManyRelation[Part] = fields.ManyToManyField(
        "models.Part", related_name="suppliers", through="supplier_part"
    )

    class Meta:
        table = "suppliers"


class Order(Model):""",
                ),
            ),
        ),
        Step(
            "forget_2016",
            up="""
        DROP TABLE "old stuff 2016";""",
            down="",
        ),
        Step(
            "order_log",
            up="""
        CREATE TABLE "order_log" ("order_id" INT NOT NULL, "was" TEXT, "is" TEXT, "at" TEXT NOT NULL);
        CREATE TRIGGER "order_log_state" AFTER UPDATE OF "state" ON "order" WHEN old.state IS NOT new.state BEGIN
            INSERT INTO "order_log" VALUES (new.id, old.state, new.state || ';', datetime('now'));
            UPDATE "order" SET "date" = "date" WHERE id = new.id;
        END;""",
            down="""
        DROP TRIGGER "order_log_state";
        DROP TABLE "order_log";""",
        ),
    ),
)
