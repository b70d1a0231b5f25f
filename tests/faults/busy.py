"""Shellback at work, to be killed: changes the same people for ever, and tells each change that was acknowledged.

python -m tests.faults.busy URL         prints a line with each op_id
"""

from __future__ import annotations

import asyncio
import sys

from tests.faults.work import Office, find_office, said
from tui.database import open_database
from tui.settings import parse_url

AT_ONCE = 3


async def work(url: str) -> None:
    async with await open_database(parse_url(url)):
        office = await find_office()

        async def busy(number: int) -> None:
            told = 0
            mine = Office(office.root, office.people[number:] + office.people[:number], numbers=office.numbers)
            while True:
                await said(mine.bulk if next(office.numbers) % 5 == 0 else mine.save)
                for op_id in mine.acknowledged[told:]:
                    sys.stdout.write(f"{op_id}\n")
                sys.stdout.flush()
                told = len(mine.acknowledged)

        await asyncio.gather(*(busy(number) for number in range(AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
