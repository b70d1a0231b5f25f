"""The tables of the library."""

from tortoise import fields
from tortoise.models import Model


class Author(Model):
    """Who wrote a book."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, db_index=True)
    born = fields.IntField(null=True)

    class Meta:
        table = "authors"


class Book(Model):
    """One copy on the shelf."""

    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=300)
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField(
        "models.Author", related_name="books", on_delete=fields.RESTRICT
    )
    published = fields.IntField(null=True)
    isbn = fields.CharField(max_length=13, null=True, db_index=True)

    class Meta:
        table = "books"


class Member(Model):
    """Who may borrow."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, unique=True)
    joined_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "members"


class Loan(Model):
    """A book lent to a member until it is returned."""

    id = fields.IntField(primary_key=True)
    book: fields.ForeignKeyRelation[Book] = fields.ForeignKeyField("models.Book", on_delete=fields.RESTRICT)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("models.Member", on_delete=fields.RESTRICT)
    lent_at = fields.DatetimeField(auto_now_add=True)
    due_at = fields.DatetimeField(null=True, db_index=True)
    returned_at = fields.DatetimeField(null=True)

    class Meta:
        table = "loans"


class Reservation(Model):
    """A member waits for a book that somebody else has."""

    id = fields.IntField(primary_key=True)
    book: fields.ForeignKeyRelation[Book] = fields.ForeignKeyField("models.Book", on_delete=fields.CASCADE)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("models.Member", on_delete=fields.CASCADE)
    made_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "reservations"
        unique_together = (("book", "member"),)
