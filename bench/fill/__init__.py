"""Databases with millions of people, for the other benchmarks.

`python -m bench.fill --users 10000000 --dialect both --to DIR` fills `DIR/postgres` (the data directory of a PostgreSQL
that the other benchmarks start again, see `bench.fill.postgres.server`) and `DIR/shellback.sqlite3`. The people are
those of the demo, without a history; everybody with a usable password has `PASSWORD`.
"""

from typing import Final

USERNAME: Final = "admin"
PASSWORD: Final = "a benchmark has no secrets"
SEED: Final = 1
