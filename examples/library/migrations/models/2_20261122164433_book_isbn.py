from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "books" ADD "isbn" VARCHAR(13);
        CREATE INDEX "idx_books_isbn_a69c06" ON "books" ("isbn");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "idx_books_isbn_a69c06";
        ALTER TABLE "books" DROP COLUMN "isbn";"""


MODELS_STATE = (
    "eJztml1v2zYUhv8KoasM2IL6qy1252QJ6rWxB8doiw6DQEm0zZkiXYqqa3T57yMp0fq2Ld"
    "dObMNXSQ7PEcmHhzwvpfywfOYhElx3QzFl3Pod/LAo9JH8JdfyK7DgfJ7YlUFAh2hXqH20"
    "DTqB4NAV0jyGJEDS5KHA5XguMKPK+dOUgQVnAgEIHMZm1yrMY66Mw3RS6RFS/DVEtmATJK"
    "ZIDfXvf6QZUw99R4H5cz6zxxgRLzMT7KkHaLstlnNt61Fxrx1V547tMhL6NHGeL+WM6Mob"
    "U6GsE0QRhwKpxwseqsnRkJAYg5lvNNLEJRpiKsZDYxgShUhFRwNIbJZt9wcj+/FuZNtWAZ"
    "+JSPGKTS6jCr0caqBnP1FD+K3ZaL9pv229br+VLnqYK8ubp6jrBEwUqPH0R9aTbocCRh6a"
    "cQJV/yxgvZ1CXs7V+OfIyiHnyRqO69Aawwux9eF3myA6EVMF9NWrNSQ/doe377rDK+n1i+"
    "qSyd0R7Zp+3NSM2hTuBK/DOK2RtcZ9c96W0I3RrYGbbOUTyVx1FoxnqcRVBge6swXknp1p"
    "STNns6AI/SYOu38/RATq2RRJx6fljXzEfvL5WZE/mXwy1jgrNEfWZFUgi01+089bIIUTPS"
    "XVt+opzaqk4hiG1fVmtVCbq82AIuCy+RIwCmTdAMEUkXGx5FS7XerOcdUdgQWpVXhWAYeq"
    "PM97OGZKT2ur0tNaU3paxdIzDx2C5Qaok72ZmEsRMmmcOgsCp6SeV2et8d8paTezfDm11G"
    "htkbGNVmXCqqYs2uj2Ydc6bTMxO+Xr0R0Mh1BNechFwveMIzyh79FSg+7JMUHqlp23hfvk"
    "iQGu0kjSzOFiVf6zqSXnL2eNhCYwvHscDXu3kvQ2apQwSIOflKMf5DPOCPVB5ahmVSJHDc"
    "NqOapXajs52tUvNIA8DQUQDEDgI99BHIRUYAKwADgAHImQU+QVVWrt6It4PS7xqlbOhqJI"
    "9g8JSGAfleNNheUYe3HctfnlBHe7xRH0BpQszS6vJjzqPcgztPvwl+rOD4KvRMPrju5US1"
    "Nblznr1eucllg9BHzqjd4B9Sf4MujfabwsEBOue0z8Rl8sNSZ5sDObsoUNvVReGquhlpEm"
    "ZjPusOa50D2s+5Ep7BNZZsNk7TqrY7meAE1FXORnyX0pqmz1mGZiLlQ3i3onftP2k5L+zF"
    "565gV9aqtWyPli4u6B6sPqQWfKNbNda1+UDnkViNGXXAaSRam+DkTzqvE11IdLKew5Z4vy"
    "b6G59ouoPy5Rf2xfQl/wffRBPoUiH2JSB/AqYD+EXzZ5s3w77W34dtrVfFVblu+/DO92Rc"
    "kEXi6mx3JjqbqY7vRN/PIW8nnfQnYRx+60THrELWulB0x8NimPagwXfXFc+uKbFJPx/tq2"
    "AqZCzlFldDpbVcHOmirYKXxFlJuqBuHY/QzpNrbScI01Gq5R1HCyR4FoicL483HQLyecCs"
    "lrC+wK8B8gODjFdzpr4CoYGQFhmF49dD/ncd9+GNzklYF6wE29f3/bfzF7+h/sByw/"
)
