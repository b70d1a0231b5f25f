"""The server's disk is full: the table of the audit lies on a file system of its own, and that has no room left."""

from __future__ import annotations

import asyncio
import os
from typing import Final

import asyncpg
import pytest

from tests.faults.server import OwnServer
from tests.faults.small_disk import small_disk
from tests.faults.work import open_office, said
from tests.models.engines.support import engine, settled, slots_in_use

pytestmark = pytest.mark.postgres_only

FULL: Final = "The database server's disk is full. Nothing was changed; its administrator must make room."
FILL: Final = """
    INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(one) || jsonb_build_object(
        'id', 1000000 + n, 'seq', 1000000 + n, 'op_id', gen_random_uuid(), 'hash', md5(n::text)))).*
    FROM (SELECT * FROM {table} ORDER BY pg_column_size({table}.*) LIMIT 1) one,
    generate_series({start}, {start} + 99) n
"""


def fill(server: OwnServer, database: str, table: str) -> None:
    """Rows are written and undone until none fits any more: what was undone takes its space until a vacuum."""
    server.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)", database)
    with pytest.raises(asyncpg.DiskFullError):
        server.execute(
            f"""DO $$ BEGIN FOR start IN 0 .. 1000000 BY 100 LOOP
            {FILL.format(table=table, start="start")}; END LOOP; END $$""",
            database,
        )


async def test_a_full_disk(own_server: OwnServer, own_name: str) -> None:
    with small_disk(megabytes=4) as disk:
        place = disk / "tables"
        place.mkdir()
        os.chown(place, (own_server.data).stat().st_uid, -1)
        own_server.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        own_server.execute("ALTER TABLE audit_events SET TABLESPACE small", own_name)
        async with engine(own_server.url(own_name)) as client:
            office = await open_office()
            assert await said(office.save) == ""
            await asyncio.to_thread(fill, own_server, own_name, "audit_events")
            assert await said(office.save) == FULL
            assert FULL in await said(office.bulk)
            assert FULL in await said(office.sign_in)
            assert await said(office.list) == ""
            await settled(client)
            assert slots_in_use(client) == 0
            # Room is made, and work goes on.
            own_server.execute("ALTER TABLE audit_events SET TABLESPACE pg_default", own_name)
            for work in (office.save, office.bulk, office.sign_in):
                assert await said(work) == ""
            await office.check()
        own_server.drop(own_name)
        own_server.execute("DROP TABLESPACE small")
