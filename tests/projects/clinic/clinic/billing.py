"""What visits cost. A visit is known here by its number only: the other app may be in another database."""

from tortoise import fields
from tortoise.models import Model


class Tariff(Model):
    code = fields.CharField(max_length=12, primary_key=True)
    text = fields.CharField(max_length=200)
    price = fields.DecimalField(max_digits=10, decimal_places=2)


class Reminder(Model):
    id = fields.IntField(primary_key=True)
    invoice: fields.ForeignKeyRelation["Invoice"] = fields.ForeignKeyField("billing.Invoice", related_name="reminders")
    sent_on = fields.DateField()


class Invoice(Model):
    id = fields.IntField(primary_key=True)
    visit = fields.IntField(db_index=True)
    issued_on = fields.DateField()
    paid_on = fields.DateField(null=True)
    tariffs: fields.ManyToManyRelation[Tariff] = fields.ManyToManyField("billing.Tariff", through="invoice_tariff")
