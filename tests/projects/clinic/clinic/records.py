"""Patients and their visits."""

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
    insurer = fields.CharField(max_length=60, null=True)


class Note(Model):
    id = fields.IntField(primary_key=True)
    patient: fields.ForeignKeyRelation[Patient] = fields.ForeignKeyField("records.Patient", related_name="notes")
    text = fields.TextField()
    tags = fields.JSONField(default=list)


class Visit(Model):
    id = fields.IntField(primary_key=True)
    patient: fields.ForeignKeyRelation[Patient] = fields.ForeignKeyField("records.Patient", related_name="visits")
    urgency = fields.IntEnumField(Urgency, default=Urgency.ROUTINE)
    at = fields.DatetimeField()

    class Meta:
        unique_together = (("patient", "at"),)
