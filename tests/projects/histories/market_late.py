"""The market's second year: concurrent indexes, two more branches, views, and what cannot be taken back."""

from __future__ import annotations

from typing import Final

from tests.projects.history import Branch, Step

_STOCK: Final = """class Warehouse(Model):
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


class Review(Model):"""

_SHIPMENTS: Final = """class Shipment(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="shipments")
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "shipments"


class OrderLine(Model):"""

_RETURNS: Final = """class Return(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("models.Order", related_name="returns")
    reason = fields.CharField(max_length=200)

    class Meta:
        table = "returns"


class Payment(Model):"""

_WISHES: Final = """class Wish(Model):
    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", related_name="wishes")
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("models.Product", related_name="wishes")

    class Meta:
        table = "wishes"
        unique_together = (("customer", "product"),)


class Warehouse(Model):"""

_POINTS: Final = """
done = 0
while True:
    found = await db.execute_query_dict(
        "UPDATE customers SET points = 10 WHERE id IN (SELECT id FROM customers WHERE points IS NULL LIMIT 500) RETURNING id"
    )
    if not found:
        break
    done += len(found)
print(f"{done} customers have their first points")
"""

LATE: Final = (
    Step("stock", edits=(("class Review(Model):", _STOCK),)),
    Step(
        "stock_never_negative",
        up="""
        ALTER TABLE stock ADD CONSTRAINT stock_not_negative CHECK (amount >= 0) NOT VALID;
        ALTER TABLE stock VALIDATE CONSTRAINT stock_not_negative;""",
        down="""
        ALTER TABLE stock DROP CONSTRAINT stock_not_negative;""",
    ),
    Step(
        "order_totals_view",
        up="""
        CREATE VIEW order_totals AS
            SELECT o.id, o.number, o.state, order_total(o.id) AS cents FROM orders o;""",
        down="""
        DROP VIEW order_totals;""",
    ),
    Step(
        "lines_by_product",
        transaction=False,
        up="""
        CREATE INDEX CONCURRENTLY order_lines_product_idx ON order_lines (product_id) INCLUDE (amount);""",
        down="""
        DROP INDEX order_lines_product_idx;""",
    ),
    Step(
        "drop_legacy_code",
        edits=(("    legacy_code = fields.CharField(max_length=12, null=True)\n", ""),),
        down="",
    ),
    Branch(
        side=(
            Step("shipments", edits=(("class OrderLine(Model):", _SHIPMENTS),)),
            Step(
                "shipment_tracking",
                edits=(
                    (
                        "    sent_at = fields.DatetimeField(null=True)\n",
                        "    sent_at = fields.DatetimeField(null=True)\n"
                        "    tracking = fields.CharField(max_length=60, null=True, db_index=True)\n",
                    ),
                ),
            ),
        ),
        main=(
            Step("returns", edits=(("class Payment(Model):", _RETURNS),)),
            Step(
                "return_cents",
                edits=(
                    (
                        "    reason = fields.CharField(max_length=200)\n",
                        "    reason = fields.CharField(max_length=200)\n    refunded = fields.IntField(null=True)\n",
                    ),
                ),
            ),
        ),
    ),
    Step(
        "merge_shipments",
        up="""
        CREATE INDEX shipments_sent_idx ON shipments (sent_at) WHERE sent_at IS NOT NULL;""",
        down="""
        DROP INDEX shipments_sent_idx;""",
    ),
    Branch(
        side=(Step("wishes", edits=(("class Warehouse(Model):", _WISHES),)),),
        main=(
            Step(
                "customer_points",
                edits=(
                    (
                        "    full_name = fields.CharField(max_length=120)\n",
                        "    full_name = fields.CharField(max_length=120)\n    points = fields.IntField(null=True)\n",
                    ),
                ),
            ),
            Step(
                "first_points",
                before=_POINTS,
                up="""
        SELECT 1; -- Aerich cannot send nothing""",
                down="""
        UPDATE customers SET points = NULL;""",
            ),
            Step(
                "points_not_null",
                up="""
        ALTER TABLE customers ALTER COLUMN points SET DEFAULT 0;
        ALTER TABLE customers ALTER COLUMN points SET NOT NULL;""",
                down="""
        ALTER TABLE customers ALTER COLUMN points DROP NOT NULL;
        ALTER TABLE customers ALTER COLUMN points DROP DEFAULT;""",
            ),
        ),
    ),
    Step(
        "merge_wishes",
        up="""
        COMMENT ON TABLE wishes IS E'What people want;\\nsee also "stock"';""",
        down="""
        COMMENT ON TABLE wishes IS NULL;""",
    ),
    Step(
        "best_sellers",
        up="""
        CREATE MATERIALIZED VIEW best_sellers AS
            SELECT product_id, sum(amount) AS sold FROM order_lines GROUP BY product_id;
        CREATE UNIQUE INDEX best_sellers_product ON best_sellers (product_id);""",
        down="""
        DROP MATERIALIZED VIEW best_sellers;""",
    ),
    Step(
        "attributes_index",
        transaction=False,
        up="""
        CREATE INDEX CONCURRENTLY products_attributes_idx ON products USING gin (attributes jsonb_path_ops);""",
        down="""
        DROP INDEX products_attributes_idx;""",
    ),
    Step(
        "product_search",
        up="""
        ALTER TABLE products ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED;
        CREATE INDEX products_words_idx ON products USING gin (words);""",
        down="""
        DROP INDEX products_words_idx;
        ALTER TABLE products DROP COLUMN words;""",
    ),
    Step(
        "amount_is_an_int",
        edits=(("    amount = fields.SmallIntField()\n", "    amount = fields.IntField()\n"),),
        up="""
        DROP MATERIALIZED VIEW best_sellers;
        DROP VIEW order_totals;
        DROP FUNCTION order_total(BIGINT);
        ALTER TABLE order_lines ALTER COLUMN amount TYPE INT;
        CREATE FUNCTION order_total(wanted BIGINT) RETURNS BIGINT LANGUAGE sql STABLE
        BEGIN ATOMIC
            SELECT coalesce(sum(l.amount::bigint * l.cents), 0)::bigint FROM order_lines l WHERE l.order_id = wanted;
        END;
        CREATE VIEW order_totals AS
            SELECT o.id, o.number, o.state, order_total(o.id) AS cents FROM orders o;
        CREATE MATERIALIZED VIEW best_sellers AS
            SELECT product_id, sum(amount) AS sold FROM order_lines GROUP BY product_id;
        CREATE UNIQUE INDEX best_sellers_product ON best_sellers (product_id);""",
        down="",
    ),
    Step(
        "forget_old_coupons",
        up="""
        DELETE FROM coupons WHERE ends_on < '2025-06-01';""",
        down="",
    ),
    Step(
        "payment_events",
        up="""
        CREATE TABLE payment_events (
            id BIGINT GENERATED ALWAYS AS IDENTITY, at TIMESTAMPTZ NOT NULL, body JSONB NOT NULL, PRIMARY KEY (id, at)
        ) PARTITION BY RANGE (at);
        DO $$
        BEGIN
            FOR year IN 2025..2027 LOOP
                EXECUTE format(
                    'CREATE TABLE payment_events_%s PARTITION OF payment_events FOR VALUES FROM (%L) TO (%L)',
                    year, make_date(year, 1, 1), make_date(year + 1, 1, 1)
                );
            END LOOP;
        END $$;""",
        down="""
        DROP TABLE payment_events;""",
    ),
)
