"""The workshop's tables. Names of the old database are kept."""

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
    phone = fields.CharField(max_length=30, null=True)

    class Meta:
        table = "customers"


class Appointment(Model):
    id = fields.IntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="appointments", on_delete=fields.CASCADE
    )
    starts_at = fields.DatetimeField(db_index=True)
    details = fields.JSONField(default=dict)

    class Meta:
        table = "appointments"
        unique_together = (("customer", "starts_at"),)


class Part(Model):
    number = fields.CharField(max_length=20, primary_key=True)
    description = fields.TextField()
    price = fields.FloatField(null=True, source_field="unit price")

    class Meta:
        table = "parts"


class Supplier(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80, unique=True)
    parts: fields.ManyToManyRelation[Part] = fields.ManyToManyField(
        "models.Part", related_name="suppliers", through="supplier_part"
    )

    class Meta:
        table = "suppliers"


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
