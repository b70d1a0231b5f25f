"""A small library whose models, files and database agree, with one of everything that can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.tui.migrate.projects import execute, init_sql, make_project, migration
from tui.migrate.source.project import Project
from tui.settings import parse_url

MODELS: Final = """
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Author(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50, unique=True)
    born = fields.IntField(null=True, db_index=True)

    class Meta:
        table = "author"


class Book(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=100)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default=0)
    author = fields.ForeignKeyField("models.Author", related_name="books", on_delete=fields.CASCADE)
    tags = fields.ManyToManyField("models.Tag", related_name="books")

    class Meta:
        table = "book"
        unique_together = (("author", "title"),)
        indexes = (Index(fields=("title", "price")),)


class Tag(Model):
    id = fields.IntField(primary_key=True)
    word = fields.CharField(max_length=20)

    class Meta:
        table = "tag"
"""

_PRICE: Final = {"sqlite": "VARCHAR(40)", "postgres": "DECIMAL(8,2)"}
_ID: Final = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "postgres": "SERIAL NOT NULL PRIMARY KEY"}


def shelf_sql(dialect: str) -> str:
    """What `aerich init-db` writes for these models."""
    return f"""
        CREATE TABLE "author" ("id" {_ID[dialect]}, "name" VARCHAR(50) NOT NULL UNIQUE, "born" INT);
        CREATE INDEX "idx_author_born_0e6a3a" ON "author" ("born");
        CREATE TABLE "tag" ("id" {_ID[dialect]}, "word" VARCHAR(20) NOT NULL);
        CREATE TABLE "book" (
            "id" {_ID[dialect]}, "title" VARCHAR(100) NOT NULL, "price" {_PRICE[dialect]} NOT NULL,
            "author_id" INT NOT NULL REFERENCES "author" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_book_author__6a5a1d" UNIQUE ("author_id", "title")
        );
        CREATE INDEX "idx_book_title_3a1b7e" ON "book" ("title", "price");
        CREATE TABLE "book_tag" (
            "book_id" INT NOT NULL REFERENCES "book" ("id") ON DELETE CASCADE,
            "tag_id" INT NOT NULL REFERENCES "tag" ("id") ON DELETE CASCADE
        );
        CREATE UNIQUE INDEX "uidx_book_tag_book_id_29db39" ON "book_tag" ("book_id", "tag_id");
    """


def make_shelf(
    root: Path, url: str, files: dict[str, str] | None = None, *, models: str = MODELS, init: str | None = None
) -> Project:
    """The project, its file 0 and `files` besides; nothing is applied."""
    dialect = parse_url(url).dialect
    first = init if init is not None else shelf_sql(dialect)
    aerich = init_sql(dialect).split(";", 1)[1]
    return make_project(
        root,
        url,
        {"0_init.py": migration(first + aerich), **{name: migration(text) for name, text in (files or {}).items()}},
        models=models,
    )


async def fill_shelf(url: str, *applied: str) -> None:
    """The database as file 0 leaves it, with rows that say so for it and for `applied`, whose SQL is not run."""
    dialect = parse_url(url).dialect
    await execute(url, shelf_sql(dialect) + init_sql(dialect).split(";", 1)[1])
    for version in ("0_init.py", *applied):
        await execute(url, f"INSERT INTO aerich (version, app, content) VALUES ('{version}', 'models', '{{}}')")
