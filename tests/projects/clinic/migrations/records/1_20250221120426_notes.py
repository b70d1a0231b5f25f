from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "note" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "text" TEXT NOT NULL,
    "tags" JSON NOT NULL,
    "patient_id" CHAR(36) NOT NULL REFERENCES "patient" ("id") ON DELETE CASCADE
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "note";"""


MODELS_STATE = (
    "eJztmetP4kAQwP8V0k9n4hFERXO5XFIBT05oDdRHfKRZ2qVsLFtstyrx+N9vd+m7S5XIqR"
    "C+KJ2Z3Z3+9jGz0xfJhYbjml5ZcQiUfpReJAxG7EdasV2SwHicEDMJAX2bm+LQpO8RFxiE"
    "ygbA9iAVmdAzXDQmyMFUin3bZkLHoIYIW7HIx+jBhzpxLEiG0KWKmzsqRtiEz9ALH8f3+g"
    "BB20w5ikw2NpfrZDLmshYmx9yQjdbXDcf2Rzg2Hk/I0MGRNcKESS2IoQsIZN0T12fuM++C"
    "twzfaOZpbDJzMdHGhAPg2yTxun09lkm6rqia3mtqui4tAMhwMINLXfX421vMhe/Vnb2Dvc"
    "Pd2t4hNeFuRpKD6WzoGMysIcejaNKU6wEBMwvOOIZK4DPJY9WoVMw1tM+QpS5nyYYci9CG"
    "gphtvJ4+AG4BOa15pbGeR573YDOBciF36ydy91tHvtrimkmgaavK79DcodtitleUels94v"
    "ATsIHl5WH/6anKHNiBfQa2iQxS+luykZdbzsuCLv0c+NhgPEt9H9kEYa/MxvslffxUMD7F"
    "U5GlzpA5HrFc3gvvIDsVY0AQxEQXHSrn562GeELSrTLT4vvILLO267UTOOnd2laWKn/T6Z"
    "Qd14N74dkS0MoDPnZciCx8Ciccc4u6ArABBUzD4HQWd7WaZGNpHEBc8BSFuczSoghMaEMe"
    "qqW63KvLjabEWfeBcf8EXFNPQWcap+pkJJFtXjWqjrISgIHF+bAXYW5n4YuyhsTEFCQOiZ"
    "XwdXKH+dt8+dv79RwiceLykdifvc84bl/Z70XJBP+f41wfAlfMObRfi2SCbqBn3YbYIkP6"
    "uFOtFDAOAxi1ygawQFWd6dJBq++4OM+3QRmJ+Yb22fyBNiBoBMvsxwqSLgDbkLWmKCjNPz"
    "kTq5febgTp2VHQ7Pi0C23AfZ0fp8JL1GoSzQWp1Op7RB4i7wV0wTpZJ0L/NfLOaInibsSx"
    "IOo+RjZLjbk3qXBOpLvNBf4TL/C+S2kYEyHZJvZHuQw7RTnR+nXUy9qmlcVQS131XGspTd"
    "rwFvdUVaHR9RYr6iVlKC0yB7vVg1qEnz0Uke915HY7xB/jBoLrTCOIp+KFDET1klQIZj9W"
    "90gUVk9anWZPkztnqXs7C85MU02VT0Lpt1omFYo6KV22tJMSeyxdq0ozm5hGdtq1xHwCPn"
    "F07DzpwEwyCcWhaFMO2JQDvk4esb065QAZusgYCrOSQFWcloDY6MvUAjZpyDvTkEfoekHm"
    "/9bbf6LJGhYAqvv7bygAUKu5BQCuy2QfdFctQDgwX0O6O5U3lVcqBeWVSq68QkckwgA1/w"
    "tNosnHf6T5nARgaZ9jFijSLD+eTf8B6mv4ZA=="
)
