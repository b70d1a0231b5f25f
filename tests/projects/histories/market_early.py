"""The market's first year: what Aerich generates, the first branch, functions, data in Python and in SQL."""

from __future__ import annotations

from typing import Final

from tests.projects.history import Branch, Step

_NUMBERED: Final = """
orders = await db.execute_query_dict("SELECT id, placed_at FROM orders WHERE number IS NULL ORDER BY id")
for order in orders:
    number = f"{order['placed_at']:%Y}-{order['id']:06d}"
    await db.execute_query("UPDATE orders SET number = $1 WHERE id = $2", [number, order["id"]])
"""

_ADDRESSES: Final = """class Address(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="addresses")
    lines = fields.TextField()
    country = fields.CharField(max_length=2)

    class Meta:
        table = "addresses"


class Product(Model):"""

_PAYMENTS: Final = """class Payment(Model):
    id = fields.UUIDField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="payments")
    provider = fields.CharField(max_length=20)
    reference = fields.CharField(max_length=80)
    cents = fields.IntField()

    class Meta:
        table = "payments"
        unique_together = (("provider", "reference"),)


class OrderLine(Model):"""

_COUPONS: Final = """class Coupon(Model):
    code = fields.CharField(max_length=24, primary_key=True)
    percent = fields.SmallIntField()
    ends_on = fields.DateField(null=True)

    class Meta:
        table = "coupons"


class Category(Model):"""

_REVIEWS: Final = """class Review(Model):
    id = fields.BigIntField(primary_key=True)
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("models.Product", related_name="reviews")
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="reviews")
    stars = fields.SmallIntField()
    text = fields.TextField(default="")

    class Meta:
        table = "reviews"
        unique_together = (("product", "customer"),)


class Order(Model):"""

EARLY: Final = (
    Step(
        "product_attributes",
        edits=(
            (
                "    cents = fields.IntField()\n    legacy_code",
                "    cents = fields.IntField()\n    attributes = fields.JSONField(null=True)\n    legacy_code",
            ),
        ),
    ),
    Step("addresses", edits=(("class Product(Model):", _ADDRESSES),)),
    Step(
        "product_categories",
        edits=(
            (
                "    legacy_code = fields.CharField(max_length=12, null=True)\n",
                "    legacy_code = fields.CharField(max_length=12, null=True)\n"
                "    categories: fields.ManyToManyRelation[Category] = fields.ManyToManyField(\n"
                '        "models.Category", related_name="products", through="product_category"\n    )\n',
            ),
        ),
    ),
    Step(
        "order_state_and_number",
        edits=(
            (
                "    placed_at = fields.DatetimeField(auto_now_add=True)\n",
                "    placed_at = fields.DatetimeField(auto_now_add=True)\n"
                "    state = fields.CharEnumField(OrderState, default=OrderState.NEW)\n"
                "    number = fields.CharField(max_length=20, null=True)\n",
            ),
        ),
    ),
    Step(
        "number_the_orders",
        before=_NUMBERED,
        up="""
        ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);""",
        down="""
        ALTER TABLE orders DROP CONSTRAINT orders_number_key;
        UPDATE orders SET number = NULL;""",
    ),
    Step(
        "order_state_index",
        transaction=False,
        up="""
        CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_state_idx ON orders (state) WHERE state <> 'sent';""",
        down="""
        DROP INDEX IF EXISTS orders_state_idx;""",
    ),
    Step("payments", edits=(("class OrderLine(Model):", _PAYMENTS),)),
    Step(
        "touch_trigger",
        up="""
        ALTER TABLE products ADD COLUMN touched_at TIMESTAMPTZ NOT NULL DEFAULT now();
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $touch$
        BEGIN
            -- A semicolon; and a quote ' in a comment.
            IF row(new.*) IS DISTINCT FROM row(old.*) THEN
                new.touched_at := now();
            END IF;
            RETURN new;
        END;
        $touch$;
        CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch();""",
        down="""
        DROP TRIGGER products_touch ON products;
        DROP FUNCTION touch();
        ALTER TABLE products DROP COLUMN touched_at;""",
    ),
    Step(
        "order_total_function",
        up="""
        CREATE FUNCTION order_total(wanted BIGINT) RETURNS BIGINT LANGUAGE sql STABLE
        BEGIN ATOMIC
            SELECT coalesce(sum(l.amount * l.cents), 0)::bigint FROM order_lines l WHERE l.order_id = wanted;
        END;
        CREATE FUNCTION forget_customer(wanted BIGINT) RETURNS void LANGUAGE sql
        BEGIN ATOMIC
            UPDATE customers SET email = 'gone;' || id, name = '' WHERE id = wanted;
            DELETE FROM addresses WHERE customer_id = wanted;
        END;""",
        down="""
        DROP FUNCTION forget_customer(BIGINT);
        DROP FUNCTION order_total(BIGINT);""",
    ),
    Step(
        "customer_email_lower",
        up="""
        UPDATE customers SET email = lower(email);
        CREATE UNIQUE INDEX customers_email_idx ON customers (lower(email));""",
        down="""
        DROP INDEX customers_email_idx;""",
    ),
    Branch(
        side=(
            Step("coupons", edits=(("class Category(Model):", _COUPONS),)),
            Step(
                "coupons_of_spring",
                up="""
        INSERT INTO coupons (code, percent, ends_on) VALUES
            ('SPRING;25', 10, '2025-05-31'), ('O''CLOCK', 5, NULL), ('$$50$$', 50, '2025-04-01'), ('100% "off"', 100, NULL);""",
                down="""
        DELETE FROM coupons WHERE code IN ('SPRING;25', 'O''CLOCK', '$$50$$', '100% "off"');""",
            ),
        ),
        main=(Step("reviews", edits=(("class Order(Model):", _REVIEWS),)),),
    ),
    Step(
        "merge_coupons",
        up="""
        -- The branch with the coupons was merged: the state below has both.
        COMMENT ON TABLE coupons IS 'Codes; see marketing''s sheet';""",
        down="""
        COMMENT ON TABLE coupons IS NULL;""",
    ),
    Step(
        "order_coupon",
        edits=(
            (
                "    number = fields.CharField(max_length=20, null=True)\n",
                "    number = fields.CharField(max_length=20, null=True)\n"
                "    coupon: fields.ForeignKeyNullableRelation[Coupon] = fields.ForeignKeyField(\n"
                '        "models.Coupon", related_name="orders", null=True, on_delete=fields.SET_NULL\n    )\n',
            ),
        ),
    ),
    Step(
        "email_templates",
        up="""
        CREATE TABLE email_templates (name TEXT PRIMARY KEY, body TEXT NOT NULL);
        INSERT INTO email_templates VALUES ('welcome', 'Dear {{name}};

We''re glad -- really -- that you''re here. /* no comment */'),
            ('sent', E'It\\'s on its way;\\n\\ttrack it: https://market.example/?o={{number}}&x=";"'),
            ('paid', $mail$You paid $1,000; 'thanks'$mail$);""",
        down="""
        DROP TABLE email_templates;""",
    ),
    Step(
        "product_weight",
        edits=(
            (
                "    attributes = fields.JSONField(null=True)\n",
                "    attributes = fields.JSONField(null=True)\n    grams = fields.IntField(default=0)\n",
            ),
        ),
    ),
    Step(
        "customer_full_name",
        edits=(
            (
                "    name = fields.CharField(max_length=120)\n    joined_at",
                "    full_name = fields.CharField(max_length=120)\n    joined_at",
            ),
        ),
        answers="True\nTrue\n",
    ),
)
