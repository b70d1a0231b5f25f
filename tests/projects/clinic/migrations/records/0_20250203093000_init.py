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
    "eJztmG1P2zAQx79KlFdM2lAppaBpmhTaIjpogtoAEw+K3MRNLRKnJE6hYnz3+dw8NUkDHU"
    "WiaG/a5O5sX36O/T/nSfax6flWsH2GGMGUyd+lJ5kiF/OLgu+rJKPJJOMBC0NDR0RPMlHD"
    "gPnIhN5GyAkwN1k4MH0yYcSj3EpDxwGjZ/JAQu3UFFJyH2KDeTZmY+xzx/UtNxNq4UccxL"
    "eTO2NEsGMtpEssGFvYDTabCNv5ebd9JCJhuKFhek7o0jR6MmNjjybhYUisbWgDPhtT7COG"
    "rcxjQJbRA8emecbcwPwQJ6laqcHCIxQ6AEP+MQqpCQwkMRL8NH5GqWXCDEPVdGPQ0Q1DXo"
    "Gd6VHgTigDUE/P835TIMIqwwCtY6W/tdv8IhB4AbN94RS45GfREDE0byqgp5TFf4Fza4z8"
    "cs5xfI40T/RfGMeGFHL6gsX4YkDvgFR20aPhYGqzMb/dqdcqGF8ofYGZRwnOHl8R85WiRq"
    "763Ae8U75Dz6dFvm3OqJxvHJ/jy+cPM+LibbjYQNIVYNuK3uHQYB8Y3WXeUTAMkXn3gHzL"
    "WPCkdKckICwo8j2M2h2d9LGDRLJFpvF+eAGdbC7T1BrtUQKlV/eWsSy63LqbtyCKbPFIMD"
    "aMtEirTFcSjhWqMk1i1qop1wtyxeTbt4hMl7IVNIbQwrsTCcXbxOU9tz0bUvhW32nsNw52"
    "m40DHiLSTCz7Feu1q+ovaErocxrmrJRsh4auoNvlKSFq4gLlTOuXUa9rmdZWQy33tXO9q3"
    "Z4wxs60DSVq8cNVbVLzlBeZQ526/vNBD/cVJEf9JTT0xh/ihuxcoEBvSh/kectqiQGLjZ3"
    "SyyDp3d7nYGu9M6gezcI7p1YfMAjZs2d5axbzZzUJ51Il139WIJb6UpTO/nCK4nTr2TICY"
    "XMM6j3YCAryyQ2x6aFaY12NGO1Onix1Trr4Y87tS+Uv4XKosC4CPjI8zGx6QmeFTarJVVE"
    "5lS1mWQLdQSIPnpIRDP3anEEFnYwm58XlEFLafMybnnR9q5FiYJ9Yo5Lq5LIVV2WoDTow5"
    "x1/5chbyxDptgPosr/tafbTJNPeMCt7+294oDLo5YecIUvV33wVbUC4Sj8E9Ldqb3q80Gt"
    "4vNBrfD5gI/ISgXq10BTywlnmuQrPGIy6Y/kkGCDZaoMLsBYKOtipls95Xced+tUO8xXCt"
    "DB4WofIdavZ89/AaEi92s="
)
