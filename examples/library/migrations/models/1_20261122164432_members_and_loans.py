from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "members" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "joined_at" TIMESTAMP NOT NULL
) /* Who may borrow. */;
        CREATE TABLE IF NOT EXISTS "loans" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "lent_at" TIMESTAMP NOT NULL,
    "returned_at" TIMESTAMP,
    "book_id" INT NOT NULL REFERENCES "books" ("id") ON DELETE RESTRICT,
    "member_id" INT NOT NULL REFERENCES "members" ("id") ON DELETE RESTRICT
) /* A book lent to a member until it is returned. */;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "members";
        DROP TABLE IF EXISTS "loans";"""


MODELS_STATE = (
    "eJztml1v2zYUhv8KoasM2ILGsdtid06WoF4be3CMtugwCJRE25wp0qWoukaX/z6SEq1vxU"
    "rtxDZ0leTwHJF8eMjzUsoPy2ceIsF5PxRzxq3fwQ+LQh/JX3ItvwILLpeJXRkEdIh2hdpH"
    "26ATCA5dIc1TSAIkTR4KXI6XAjOqnD/NGVhxJhCAwGFsca7CPObKOExnlR4hxV9DZAs2Q2"
    "KO1FD//keaMfXQdxSYP5cLe4oR8TIzwZ56gLbbYr3UtgEVt9pRde7YLiOhTxPn5VrOiG68"
    "MRXKOkMUcSiQerzgoZocDQmJMZj5RiNNXKIhpmI8NIUhUYhUdDSAxGbZ9nA0se9vJrZtFf"
    "CZiBSv2OQyqtDLoQZ69jM1hN86F9033beXr7tvpYse5sby5iHqOgETBWo8w4n1oNuhgJGH"
    "ZpxA1T8LWK/nkJdzNf45snLIebKGYx1aY3ghtj78bhNEZ2KugL56VUPyY398/a4/PpNev6"
    "gumdwd0a4Zxk2dqE3hTvA6jNMGWWvcH8/bEroxuhq4yVY+ksxVZ8F0kUpcZXCgu1hB7tmZ"
    "ljRztgiK0K/isNv3Y0Sgnk2RdHxaXslH7CafnxX5g8knY42zQnNkHVYFstjkd/y8BVI401"
    "NSfaue0qxKKo5hWF1vNgv1eLUZUQRctlwDRoGsGyCYIzItlpxqt7buHFbdEViQRoVnE7Cv"
    "yvO8h2Om9FxuVXoua0rPZbH0LEOHYLkBmmRvJqYtQiaNE6iRRLYbHQmZmCdBPbjs3Udpz0"
    "MuEr5lHOEZfY/WGvRAjglSt+xQKFx6jgxwVSGXZg5XmxqVTS05fzlrJDSB8c39ZDy4lqS3"
    "kUyEQRr8pGb6IJ9xQqj3qpk0qxLNZBhWaya9Uttppr6+dQNZZQQQTF7CfeQ7iIOQCkwAFg"
    "AHgCMRcoq8opRqHN0qrMNSWGrlbCiKZP+QgAT2UTneVFiOsRfHnZtfjnC3WxxBb0TJ2uzy"
    "asKTwZ08Q/t3f6nu/CD4SjS8/uRGtXS0dZ2znr3OKbTNQ8CnweQdUH+CL6PhjcbLAjHjus"
    "fEb/LFUmOSBzuzKVvZ0EvlpbEaahlpYjbjE9Y8F7qDdT8wGXgky2yY1K6zOpabCdBURCs/"
    "S0R9VNmaMc3EtFQfF/VO/DroJyX9ib2Zywv61FatkPPFxN0B1bvNg06Ua2a7Nr4o7fMqEK"
    "MvuQwki1J9HYjm1eCTnQ/XUthzzlblH+xy7a2oPyxRf2if617wpelevtchH2LSBPAmYDeE"
    "XzZ5s3x73W349rrVfFVblu+/DD/tipIJbC+mh3JjqbqYPunDbfsW8nnfQvYRx+68THrELb"
    "XSAyY+jymPagytvjgsffFNisl4f21bAVMhp6gyer2tqmCvpgr28lVQbaoGhGP3E6R7sZWG"
    "u6jRcBdFDSd7FIiWKIw/70fDcsKpkLy2wK4A/wGCg2N8p1MDV8HICAjD9Oyu/zmP+/rD6C"
    "qvDNQDrpr9j9bui9nD/6xXvmg="
)
