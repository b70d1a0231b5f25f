from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "reservations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "made_at" TIMESTAMP NOT NULL,
    "book_id" INT NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
    "member_id" INT NOT NULL REFERENCES "members" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_reservation_book_id_f2cf10" UNIQUE ("book_id", "member_id")
) /* A member waits for a book that somebody else has. */;
        ALTER TABLE "loans" ADD "due_at" TIMESTAMP;
        CREATE INDEX "idx_loans_due_at_7ab033" ON "loans" ("due_at");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "idx_loans_due_at_7ab033";
        ALTER TABLE "loans" DROP COLUMN "due_at";
        DROP TABLE IF EXISTS "reservations";"""


MODELS_STATE = (
    "eJztm1uP2jgUgP+KxdOs1B2VW1vtW4YyKtsOrBi0XbWqIicx4CWxqeOUou7897Wd+w0IA8"
    "NFeerMsY8vn499LpP+ajjUQrZ7q3l8TlnjD/CrQaCDxA+ZllegAZfLWC4FHBq26gpVHyWD"
    "hssZNLkQT6HtIiGykGsyvOSYEtn585yCFaMcAQgMShe3Us2iptDDZFbawyP4u4d0TmeIz5"
    "Fc6tdvQoyJhX4iN/x1udCnGNlWaifYkgMouc7XSyUbEH6vOsrJDd2ktueQuPNyLXZEot6Y"
    "cCmdIYIY5EgOz5knN0c82w4whPv1Vxp38ZeY0LHQFHq2RCS1/QXEsoauD0cT/bE/0fVGDl"
    "+okeAViExKJHqxVFftfiaX8Hur2Xnbedd+03knuqhlRpK3T/7UMRhfUeEZThpPqh1y6PdQ"
    "jGOo6t8c1t4csmKuYf8MWbHkLNmQ4ya0oeBEbB34U7cRmfG5BPr69QaSf2vj3gdtfCN6/S"
    "anpOJ2+LdmGDS1/DaJO8ZrUEYqWG3YfbvdFtAN0G2AG1/lC7Fc+RZMFwnDlQIDmosVZJae"
    "akkypws3D/0uULv/OEY2VLvJkw5eyzsxxGHs+UWRP4X2FEoDq1AcaYuWgcw3OS0nK4EEzt"
    "SW5NxypiSrAo8TMiz3N9FBbfc2I4KASZdrQAkQfgO4c2RP8y6nvFvtd87L73DM7UqOJ1I4"
    "lud52ccx5XraO7me9gbX0867nqVn2FhcgCrWm9KpnVBoxom3wDUK/Hm51Yb99zLa7SxPFy"
    "012ztYbLNdarCyKY3Wzz70Sq9tSmcvez27h+EYUVMWcp7wPWUIz8hHtFagB2JNkJhF720u"
    "n7wwwGUxkhAzuIrcf9q0xP7FrhFXBMb9x8l40BOkd4lGbQqJ+8xw9JMY44pQp649Qy5iPx"
    "SA52Iax0NdE61jBu/KsgqC99DiyoN3Zde7Be+aKv8A4Ts44BRA4CDHQAx4hGMbYA6wCxji"
    "HiPIysf0lbXrUP+8Qn15cjrkebLvBSCOHVSMN6GWYWwFerfhDxd428W7B60Rsdfxm1hGeD"
    "J4EB5He/hLTue47ndbwdMmfdnSUtJ1RnrzJhN5RYOAz4PJByB/BV9Gw77CS10+Y2rGuN/k"
    "S0OuSbhBqhO60qGVsMtQGlJLveiWuHzVjzvWOsBpn1fkfCFnG0LaeLjhS7vHCWdUX+SYT+"
    "HBr+Kcpc+tloslNOpMrKB04Ict1ZimdGqq2/NbIyg6PzO7vbL6/6tMbpu4qiWZbd5wD0D1"
    "IRroSrmmrmvlmsEx87wAfUGmFx9Kea7n76vChwEOXIusjTG6Kv4sINNeZ2znlbGd20cBJ/"
    "zTzFG+CkAOxHYVwJHCYQif1njTfLudXfh2O+V8ZVua778U75eipBTrqsO5ZCxlVYe9Pg+p"
    "C/J1Qf55tI4ZqCWRFURrGaLlIVvyFHet0geF9RXE3AVTyoLvNgGfQw5c6iCDWmsgZkJgDt"
    "2iSv0eIxTEfl+jNC5IPb7V0eAJo0EHWvsUdBNqtSc9d09al/7q0t8lUK1Lf0cq/fW0x572"
    "vl9X/g5d+YvAnqbwpyGGzXlRKBm0bIwiYdxnW/xYjrSu7p1XPPcDMTfIH3atPyVUrrHG1+"
    "3uVIPqbqhBdXOfs4pLVYFw0P0K6TZ3qqA2N1RQm/kKqpiRI1KQk/z5OBoWE06oZPMRbHLw"
    "H7Cxe4lh1Qa4EkYq6QiZ3jxo/2Rx9z6N7rLZhBzgrtr/wzq8M3v6H17w4RA="
)
