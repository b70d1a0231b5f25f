"""What PgBouncer says in its own name. It has one SQLSTATE for all of it (08P01), so that only its words tell: they are
constants of its source, in English whatever the server speaks. Pure."""

from __future__ import annotations

import re
from typing import Final

SETTINGS_REFUSED: Final = "A pooler stands before the server and refuses the settings of a session"
NO_TRANSACTIONS: Final = (
    "The pooler gives the server away after each statement (pool_mode = statement), so that there are no transactions. "
    "Shellback needs pool_mode = transaction or session."
)

_SAID: Final = tuple(
    (re.compile(words, re.IGNORECASE), code, sentence)
    for words, code, sentence in (
        (
            r"unsupported (startup parameter|.*options startup)",
            "pooler-settings",
            f"{SETTINGS_REFUSED}: add pgbouncer=true to the database URL.",
        ),
        (
            r"query_wait_timeout",
            "pooler-busy",
            (
                "The pooler had no connection to the server within its time: all are busy, it is paused, or the server "
                "behind it is down."
            ),
        ),
        (
            r"no more connections allowed",
            "pooler-full",
            "The pooler takes no more clients (max_client_conn, or a limit of the user or the database).",
        ),
        (
            (
                r"cannot connect to server|server login has been failing|server_login_retry|server_connect_timeout"
                r"|connect (failed|timeout)|server DNS lookup failed"
            ),
            "pooler-server",
            "The pooler answers, but does not reach the server behind it.",
        ),
        (r"transaction blocks not allowed|pool_mode|statement pooling", "pooler-statement", NO_TRANSACTIONS),
        (
            r"(pooler|pgbouncer) is (being )?(shut|shutting) ?down|administrator command|job (dead|killed)",
            "pooler-leaving",
            "The pooler is shutting down.",
        ),
        (
            r"database .*(is disabled|does not allow connections)",
            "pooler-disabled",
            "The pooler keeps this database closed.",
        ),
        (r"(no such|database \".*\" does not exist)", "3D000", "The pooler has no database of this name."),
        (
            r"client_login_timeout|client_idle_timeout|idle_transaction_timeout|query_timeout|transaction_timeout",
            "pooler-timeout",
            "The pooler ended the connection: one of its time limits is shorter than what was to be done.",
        ),
    )
)


def said_by_pooler(message: str) -> tuple[str, str] | None:
    """A code of ours and the sentence for a message with SQLSTATE 08P01 or 08003; None when no pooler said it."""
    for words, code, sentence in _SAID:
        if words.search(message):
            return code, f"{sentence} Nothing was changed."
    return None
