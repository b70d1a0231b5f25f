from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "patient" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(120) NOT NULL,
    "born" DATE NOT NULL
);
CREATE TABLE IF NOT EXISTS "visit" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "urgency" SMALLINT NOT NULL /* ROUTINE: 0\nSOON: 1\nNOW: 2 */,
    "at" TIMESTAMP NOT NULL,
    "patient_id" CHAR(36) NOT NULL REFERENCES "patient" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_visit_patient_c8b693" UNIQUE ("patient_id", "at")
);
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
CREATE TABLE IF NOT EXISTS "invoice" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "visit" INT NOT NULL,
    "issued_on" DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_invoice_visit_c8a0e7" ON "invoice" ("visit");
CREATE TABLE IF NOT EXISTS "tariff" (
    "code" VARCHAR(12) NOT NULL PRIMARY KEY,
    "text" VARCHAR(200) NOT NULL,
    "price" VARCHAR(40) NOT NULL
);
CREATE TABLE IF NOT EXISTS "invoice_tariff" (
    "invoice_id" INT NOT NULL REFERENCES "invoice" ("id") ON DELETE CASCADE,
    "tariff_id" VARCHAR(12) NOT NULL REFERENCES "tariff" ("code") ON DELETE CASCADE
);
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_invoice_tar_invoice_6c582c" ON "invoice_tariff" ("invoice_id", "tariff_id");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJzVV21v2jAQ/itVPrUSQ5Chtdq3CJiGtDKpjfZlmiwncYKFY6eO04Eq/vv8kveErKzVEF"
    "9QeO7OvnvuuCe8WB4mBNNovKLPDPvI+nz1YlEYq4eObXRlwSSpWRQioEe0N655eang0BcS"
    "DiFJkYQClPocJwIzKlGaEaJA5ktHdVAJZRQ/ZQgIFiGxQVwafv4aqcMDtENp8TXZghAjEj"
    "TSxYG6W+NA7BONraj4oh3VbR7wGcliWjkne7FhtPTGVCg0QhRxKJA6XvBMpa+yywstKjKZ"
    "Vi4mxVpMgEKYEVEr1wMVZgGw/u6Cx6ULgHUCQT6jilyZaqqrj1QKH+zp7HZ29/HT7E666D"
    "RL5PZgrq6IMYGanrVrHbQdCmg8NMcVqc84xeIEXkv/v1NbEDnEbQFcMrm1CU3TDAVAJtEh"
    "dCFJOTKp9aAWq7JtSOAYjdXD+/Bb/WD/A8ED7C0cdynpU7/2cFsbTQV40N/+hjwAHQuz2T"
    "Hfrim2496ZF5DjMEy7TbqHdO8y9albtZK1QGpWXqsxxep09VH/0pmzbpVDMYQFWt0fswAR"
    "0JaIqk6OiKqy9MhlwbDJuG7FFu0rnoFZxWWfcmMel1vFhrMs2tQNorxS8i5zQkLfN3ce58"
    "5iqXDQ4VyPUwwpjDSmileltqro08CqwAEJrFI6jwL6sjfdqZ1vIO9fLYV/a3hlRhc3sbKr"
    "O0AQjYQakqk9sFl+OA/zr87D9dS+0dMj+2Tat84ttjYN66JAux5ZPE514f8+VJ95bTfJti"
    "eTV7AtvY7SrW1NqUx4/i7Zkknk4xiSfo7LmLZKmqBxHnyBhA/p5HK+une+XU8nIzPP6RPB"
    "ZhUW1M80u+dQ0sbyf6OU1v6FXNRmOllLa4W2xbT+ZtLU0qZctsW0obRv11KVfp+UHv4A1K"
    "yhww=="
)
