"""A project's own package `models`, which has nothing of Shellback's."""

from tortoise import fields
from tortoise.models import Model


class Ship(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)
