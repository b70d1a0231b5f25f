from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    orders = await db.execute_query_dict("SELECT id, placed_at FROM orders WHERE number IS NULL ORDER BY id")
    for order in orders:
        number = f"{order['placed_at']:%Y}-{order['id']:06d}"
        await db.execute_query("UPDATE orders SET number = $1 WHERE id = $2", [number, order["id"]])
    return """
        ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE orders DROP CONSTRAINT orders_number_key;
        UPDATE orders SET number = NULL;"""


MODELS_STATE = (
    "eJztW1tz2jgU/iuMn9qZbAccINm8UUJbtgQywbvt9DIeYSvGG1umttyE6fLfV/JVli+xuR"
    "UcXtpwdI4tfUfW+XR09EswLRUazpueqtrQcYSrxi8BAROSP/ims4YAFou4gQowmBmeLvCV"
    "oK82c7ANFEwa7oHhQCJSoaPY+gLrFiJS5BoGFVoKUdSRFotcpP9woYwtDeI5tEnD1+9ErC"
    "MVPkEn/Ll4kO91aKiJ7uoqfbcnl/Fy4cne6toQ4XeeLn3hTFYswzVRrL9Y4rmFIgMdYSrV"
    "III2wJC+AdsuHQHtYDDacFB+Z2MVv5eMjQrvgWtgZsQzOZYJsjyeSPJ0IMmyUAEjxUIUX9"
    "JV318a7cIff4ri+fmF2DzvXnbaFxedy+Yl0fX6m266WPmdidHyH+VhNnw/HEu0QxZxou9e"
    "Klh5NgAD38pzRoy+oSPf+UkHSPApB/7IgPMAGRrvgRDvIheEgtgH8dTbgxMK8JQGnz00Tc"
    "f5YVDB+J/eXf9D7+7VTe/za69lGbSMJuP3oXoM/rg/mrz14I/hViwXYXuZBrw/B3Y24IxJ"
    "LSAXTPAkGxBpeE5+igUeCPEWX3PABg0ibeHwdR1smdCWq64qnOHzy8sxIL23FYYu7vcPmQ"
    "tMCGzaHe8sG+oa+giXnkuGpO8AKTAD/iCi9ZlHHZkrVuF8C6VxsLHBYxQV+WlIMCAjh9hf"
    "InrTfu96IHhoz4Dy8AhsVU7ATlss0eIkkW66yRRNXgIQ0DyA6Ehov0P0CdqaRRaiDK4RtR"
    "WSDcXX0g+NbbwUqiG22hfty/NuO/r+I0nRZ/88ifD+rxDSQv3txLPfC20imnWbJcJZt5kb"
    "z2hTMqAtgA0RzgxnudM2YbNWJAsQPJTVcxvztyBE+XhtI0Axy+BxIVw2PiWmViI6kR40xn"
    "+PRkXhiWEFc90gO0+UQdICy3cf76ABvHG8ILxXG0ZwZlLbluoqOGNvdwPQUrLovyWn9a3/"
    "qKNbmwsmtTcymWMxzDhtOvegGmkkqcu9ZXveeIBLFurgs4icFTQHtsugGc9ty9XmjKGsMP"
    "M4k/IRucwTjlUxWwu5chZbY3h0AVsLtA6MrJ1SQ/tKDUET6EYVWhcZ1DFP0SxD7YhWfq6i"
    "mSJ3v5c3HxS+LbEMvkQrF1+vLYnvv5aOyCIOMrjdNQEK6ybMBjphyKGtBpZvwj+OEXsbAn"
    "WCjGUYS/Khl4Y3g6nUu7lN5EKve9KAtoiJPGgofdXlvBQ9pPFpKH1o0J+NL5OxF9gWloM1"
    "23tjrCd9EWifgIstGVmPMlCZNTiUhqiluX0ZCpo4+lifgzLHLEc2CXI5KPsJWbYaUID1IZ"
    "rQZ9QJoF2m2XywMlhbhGI+ZYuddeJrL4+vLQygrBXtEoanaHfo0Y5dnsnWHedQyAFyzdQG"
    "P+H3yHh/fFJA8FGo5mZhPPhEPAsfv6Hb3vD6qrEAuvoNTQdj6arhBIm7qnSzXYJstnOpZj"
    "tF5F1zlnXEVUDlI4u1wD+wdBa/Vyq1VSrYKZ2OdQ8i2pyOdfdwrHtHYsDdsC+VS5zn1OtU"
    "puMj8pwaAb57Su4BlkfLQzSfoeZy5L3t8vOv/uM9lwc57O8nzn4oq2gRZwcmre5Ke2BqAs"
    "PI9UFsVaeAdi5edCPw6Y8iuKc3vdEoxJcJSxBlHXnl84NQv05AbljnwSV/KnMu1qpOsO5l"
    "qUgd4FaGP2l3csC2GG8UYjeku3XLhvJcl/38s+sXM2b5FnDdoErhSJBNftmVNxG7pMgh+B"
    "kEmfFLPj1mq1VOueuXx4OdB7dK9ixQr139aLtM5qydnzlrpzJnWMdGpRqDyKCGRQY7KeI4"
    "bTm2ueUAmLxv5uKsJNdf08k4Z0OcsOKPsHQFN/5rGLpzhKXPBeBROBLHVKkLavxdtLPk+R"
    "N9AH9BzYAaUJYEWrXSqsGZ1e9Mo1Xmolor/6Zay7uqtlahyinlu+NSaa64d7Ni6Qo16YfF"
    "RKpWS7MD5culE8XnyWJprhqaL5bmaqm3USwd14jlbl960NaVuZB1i95vOSu8RB/rHMzW5a"
    "XsW3Z2p+0ntJ1gTS0bBBmTOpLnTqcMee508skzbePoHvmoKiAcqNcQ3VaprUmrYGvSytia"
    "WAhn3mzLZ9KMyUY0+tDQ3gePrsDutp+LW/0PXxRvqg=="
)
