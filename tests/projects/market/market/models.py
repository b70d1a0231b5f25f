"""The market's tables."""

from enum import Enum

from tortoise import fields
from tortoise.models import Model


class OrderState(str, Enum):
    NEW = "new"
    PAID = "paid"
    SENT = "sent"


class Coupon(Model):
    code = fields.CharField(max_length=24, primary_key=True)
    percent = fields.SmallIntField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "coupons"


class Category(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=60, unique=True)
    parent: fields.ForeignKeyNullableRelation["Category"] = fields.ForeignKeyField(
        "models.Category", related_name="children", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "categories"


class Customer(Model):
    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=200)
    full_name = fields.CharField(max_length=120)
    points = fields.IntField(null=True)
    joined_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "customers"


class Address(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="addresses")
    lines = fields.TextField()
    country = fields.CharField(max_length=2)

    class Meta:
        table = "addresses"


class Product(Model):
    id = fields.BigIntField(primary_key=True)
    sku = fields.CharField(max_length=40, unique=True)
    title = fields.CharField(max_length=200)
    cents = fields.IntField()
    attributes = fields.JSONField(null=True)
    grams = fields.IntField(default=0)
    categories: fields.ManyToManyRelation[Category] = fields.ManyToManyField(
        "models.Category", related_name="products", through="product_category"
    )

    class Meta:
        table = "products"


class Wish(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="wishes")
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("models.Product", related_name="wishes")

    class Meta:
        table = "wishes"
        unique_together = (("customer", "product"),)


class Warehouse(Model):
    id = fields.IntField(primary_key=True)
    city = fields.CharField(max_length=60)

    class Meta:
        table = "warehouses"


class Stock(Model):
    id = fields.BigIntField(primary_key=True)
    warehouse: fields.ForeignKeyRelation[Warehouse] = fields.ForeignKeyField("models.Warehouse", related_name="stock")
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("models.Product", related_name="stock")
    amount = fields.IntField(default=0)

    class Meta:
        table = "stock"
        unique_together = (("warehouse", "product"),)


class Review(Model):
    id = fields.BigIntField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("models.Product", related_name="reviews")
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="reviews")
    stars = fields.SmallIntField()
    text = fields.TextField(default="")

    class Meta:
        table = "reviews"
        unique_together = (("product", "customer"),)


class Order(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="orders", on_delete=fields.RESTRICT
    )
    placed_at = fields.DatetimeField(auto_now_add=True)
    state = fields.CharEnumField(OrderState, default=OrderState.NEW)
    number = fields.CharField(max_length=20, null=True)
    coupon: fields.ForeignKeyNullableRelation[Coupon] = fields.ForeignKeyField(
        "models.Coupon", related_name="orders", null=True, on_delete=fields.SET_NULL
    )

    class Meta:
        table = "orders"


class Return(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="returns")
    reason = fields.CharField(max_length=200)
    refunded = fields.IntField(null=True)

    class Meta:
        table = "returns"


class Payment(Model):
    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="payments")
    provider = fields.CharField(max_length=20)
    reference = fields.CharField(max_length=80)
    cents = fields.IntField()

    class Meta:
        table = "payments"
        unique_together = (("provider", "reference"),)


class Shipment(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="shipments")
    sent_at = fields.DatetimeField(null=True)
    tracking = fields.CharField(max_length=60, null=True, db_index=True)

    class Meta:
        table = "shipments"


class OrderLine(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="lines")
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="lines", on_delete=fields.RESTRICT
    )
    amount = fields.IntField()
    cents = fields.IntField()

    class Meta:
        table = "order_lines"
        unique_together = (("order", "product"),)
