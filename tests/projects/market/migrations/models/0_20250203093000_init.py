from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "categories" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(60) NOT NULL UNIQUE,
    "parent_id" INT REFERENCES "categories" ("id") ON DELETE SET NULL
);
CREATE TABLE IF NOT EXISTS "customers" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "email" VARCHAR(200) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "joined_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS "orders" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "placed_at" TIMESTAMPTZ NOT NULL,
    "customer_id" BIGINT NOT NULL REFERENCES "customers" ("id") ON DELETE RESTRICT
);
CREATE TABLE IF NOT EXISTS "products" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "sku" VARCHAR(40) NOT NULL UNIQUE,
    "title" VARCHAR(200) NOT NULL,
    "cents" INT NOT NULL,
    "legacy_code" VARCHAR(12)
);
CREATE TABLE IF NOT EXISTS "order_lines" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "amount" SMALLINT NOT NULL,
    "cents" INT NOT NULL,
    "order_id" BIGINT NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
    "product_id" BIGINT NOT NULL REFERENCES "products" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_order_lines_order_i_b658d0" UNIQUE ("order_id", "product_id")
);
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztmltz2jgUx78K46d0ZrcD5pbdN6Bky5ZAB9h2p52OR9iK8UaWqC1vyrT57pXk+zV2Qh"
    "owPCUcnSNLP13O35K/SybRILJfjwCFOrF20p+N7xIGJmT/pMp+a0hguw1LuIGCNRLOqutl"
    "QGEGa5taQKWs5AYgGzKTBm3VMrbUIJhZsYMQNxKVORpYD00ONr46UKFEh3QDLVbw+QszG1"
    "iD31jl3s/trXJjQKTFGmxo/NnCrtDdVtgmmF4JR/60taIS5Jg4dN7u6IbgwNvAlFt1iKHF"
    "OsSrp5bDm89b5/XV75Hb0tDFbWIkRoM3wEE00t21EtokRZnNV8pyvFIUqQIglWAOlzXVFr"
    "3XeRN+l1udfuey3etcMhfRzMDSv3cfHYJxAwWe2Uq6F+WAAtdDMA6hir8prKMNsLK5+v4J"
    "sqzJSbI+x8NFa4JvCoJYpxv2s9cs4PhhsBi9HSwues1X/IGETX53Xcy8ElkUcdQh2i2wIK"
    "ZKpWkbi3l49mYw9ggGiH2XkHG4ZI9k/vId4eY2c/q6vNKAr4gFDR2/gzvBecLaBLCaNXMz"
    "tsHjInzvzyHfGjbRAnfBPhqfWgwA6zakAgFrQWP2z3QqCdJroN7eAUtTcpCrGwNprKo09K"
    "EXefVuAREQ/Tgh3gIekUkEWgxnusiUzaQFYKCLLvFn8yf5uBybElPky3QG98uKM7jndWAJ"
    "fGjop5LD/5DldrsvN9u9y26n3+9eNoPNMF1UtCsOJ3/xjTGWiB7O9NAEBqqS6oOA/eT6l0"
    "5EsWwvN8uke+aVm+9FWTzhv6yWOii+LbkMX+aVy1eUxfn+RwwMNQVk5Ps3DBQ1TJgNOhaY"
    "oK15ka/9f46RvQWBNsdo56eifPSryfV4uRpcv+ePM237KxL4BqsxL5GFdZewXvQSoxRU0v"
    "g4Wb1t8J+NT/PZWOAlNtUt8cTQb/VJ4m0CDiUKJncK0CJ7sG/1qaX1XhlZQizNS26PFyVz"
    "XscRjv+LSBIXVoYeCSjmi5FwsM5K5PSUyBYB9VH7eCzwvI8f+j4ezd3+60fmcUjR0ksEPu"
    "pM5ODG+Zctw4KjEzXy2vjUw5NIVUc2FGVPTxLTMHZ+smCLYzEZrcqdnyCmRfehU6asnhoB"
    "f36tIoDl6RWf5gOaRQlGb7/C5bNbvRhyi2gOq/fLWcwcyi5aJGaASZysE+ilCRDKHYMwqk"
    "4JrS33ewF8/qMI9/J6MJ36fCNpCfI6Uzjz9YHvXyeQT7zuS7wVV9Zc0ag6Yf0lW0XkPcfd"
    "ySvjj8edB2BfijdIsU+Uu3U7Jkpq3ejyjwnd0WA5GrwZS1mzfA9c34c11ZRsfGVXfol4To"
    "nsw88QyJFxyZfHXtfOh3onqoPtW6fK3ZfnXrvPiDpl7r06+ddendStFzUoqnStGATU8F7x"
    "We5tz68c+3zlQFAH6o7h0irN2kTYo+bugX0plLwSL3UjXnAh/ipL3p6PHA/zyHEALUPdZM"
    "kpr6RQTYHQ52C01KkIqWf71vp/aNneIiu7K0ZC6pjNu90y2bzbzc/mvCyef/iiqkDYc68h"
    "3VYprdQq0EqtDK1EMM384vrv5XyWI5fCkOSdvaHSxo8GMuxjFE4FcDmM2MW8z/TievBvEv"
    "doOh8mb9x5BcNq6X7/yez+J3XrrMU="
)
