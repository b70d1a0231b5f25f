"""PostgreSQL through asyncpg, hardened: name this module as the `engine` of a Tortoise connection.

Against the stock engine of Tortoise 1.1.9: every await has a deadline; a slot of the pool comes back on every path,
also a cancelled one; a connection is never spoken to again after a statement timed out on it; COMMIT goes on when its
caller is cancelled; an unanswered COMMIT is `CommitUnknown`; nothing is written outside a transaction.

Options of its own in `credentials`: `read_only` (no change is possible), `autocommit` (for migrations: statements
outside a transaction may write, and a statement may take as long as it needs), `pgbouncer` (transaction pooling:
nothing is kept in the session, so the time limits are set in each transaction and reads outside one have only the
client's). The others are asyncpg's and Tortoise's.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from models.engines.autocommit import is_read, refuse_write
from models.engines.errors import CommitUnknown, DatabaseUnavailable, StatementTimeout
from models.engines.from_asyncpg import not_connected, translated
from models.engines.postgres_executor import PostgresByModel
from models.engines.postgres_pool import Slots, drop_idle, is_silence, keep_alive, keep_session
from models.engines.postgres_transaction import PostgresTransaction, Reading, Transacting
from models.engines.quiet import SILENT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CONNECT_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 15.0
CLOSE_SECONDS: Final = 2.0

SESSION_LIMITS: Final = {
    "statement_timeout": "14000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "30000",
}
"""Milliseconds. Under the client's own deadline, so that the server ends a statement before the client gives it up."""

KEEPALIVES: Final = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


class PostgresClient(AsyncpgDBClient):
    """The connection that Tortoise keeps: a pool, and what is true of all its transactions."""

    executor_class = PostgresByModel

    def __init__(
        self, *, read_only: bool = False, autocommit: bool = False, pgbouncer: bool = False, **options: Any
    ) -> None:
        options.setdefault("timeout", CONNECT_SECONDS)
        options.setdefault("command_timeout", None if autocommit else COMMAND_SECONDS)
        options.setdefault("application_name", "shellback")
        # No floor: asyncpg would keep it up behind our back, also while the server is away.
        options.setdefault("minsize", 0)
        if pgbouncer:
            options["statement_cache_size"] = 0
        else:
            settings = {**SESSION_LIMITS, **KEEPALIVES}
            # The server itself then refuses a write outside BEGIN READ WRITE, whatever the statement looks like.
            if read_only or not autocommit:
                settings["default_transaction_read_only"] = "on"
            if autocommit:
                del settings["statement_timeout"]
            options["server_settings"] = {**settings, **(options.get("server_settings") or {})}
        if not autocommit:
            options["reset"] = keep_session
        super().__init__(init=self._connected, **options)
        self.log = SILENT
        self.autocommit = autocommit
        self._connect_seconds = float(options["timeout"])
        self.slots = Slots(self.pool_maxsize, self._connect_seconds)
        limits = "".join(f"; SET LOCAL {name} = {value}" for name, value in SESSION_LIMITS.items())
        self._limits_sql = limits if pgbouncer else ""
        self.read_only = read_only
        self.role = ""
        """Whom the server knows the connections as; empty before the first one."""
        self.commits = 0
        """How many transactions that changed something were committed, or may have been: who reads elsewhere (from a
        replica) waits until it shows them."""
        self.on_commit: Callable[[], object] | None = None

    async def _connected(self, connection: Any) -> None:
        # A pooler can sign in as somebody else than the URL says.
        self.role = str(getattr(connection.get_settings(), "session_authorization", "") or self.user or "")
        await keep_alive(connection)

    def committed(self) -> None:
        """A transaction that changed something was committed, or may have been."""
        self.commits += 1
        if self.on_commit is not None:
            self.on_commit()

    @property
    def begin_sql(self) -> str:
        """How a transaction begins. A standby refuses READ WRITE, so `read_only` is set when one is found."""
        return ("BEGIN READ ONLY" if self.read_only else "BEGIN READ WRITE") + self._limits_sql

    async def ensure_pool(self) -> Any:
        """The pool, made on first use. Raises `DatabaseError` when no connection can be made."""
        if self._pool is None:
            async with self._pool_init_lock:
                if self._pool is None:
                    await self.create_connection(with_db=True)
        return self._pool

    async def create_connection(self, with_db: bool) -> None:
        try:
            async with asyncio.timeout(self._connect_seconds + 1):
                await super().create_connection(with_db)
        except TimeoutError as error:
            raise DatabaseUnavailable(
                f"The database did not answer within {self._connect_seconds:g} seconds. Nothing was changed."
            ) from error
        except Exception as error:  # noqa: BLE001 - translated, and raised in any case
            # Tortoise wraps an unknown database in an error of its own; its cause says more.
            cause = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
            raise not_connected(cause) from cause

    async def _close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.slots.settled()
                await pool.close()
        except TimeoutError:
            pool.terminate()

    def drop_idle(self) -> None:
        """Ends the connections that nobody uses, so that whoever asks next makes a new one."""
        if self._pool is not None:
            drop_idle(self._pool)

    def acquire_connection(self) -> Any:
        return Reading(self)

    def _in_transaction(self) -> Any:
        return Transacting(PostgresTransaction(self))

    async def _translate_exceptions(
        self, func: Callable[..., Awaitable[Any]], *args: Any, again: bool = False, **kwargs: Any
    ) -> Any:
        query: str = args[0] if args else kwargs["query"]
        if not self.autocommit:
            refuse_write(query)
        try:
            return await func(self, *args, **kwargs)
        except Exception as error:
            raised = translated(error, self.role)
            if is_silence(raised):
                self.drop_idle()
            if self.autocommit and isinstance(raised, (DatabaseUnavailable, StatementTimeout)) and not is_read(query):
                raise CommitUnknown from error
            # The statement is a read. That its connection died says nothing of the server: it may have been an old one.
            if isinstance(raised, DatabaseUnavailable) and raised is not error and not again:
                return await self._translate_exceptions(func, *args, again=True, **kwargs)
            if raised is error:
                raise
            raise raised from error


client_class = PostgresClient
