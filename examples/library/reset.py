"""Makes library.sqlite3 anew: the first two migrations applied by Aerich itself, two pending, a few books lent.

python examples/library/reset.py
"""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATABASE = HERE / "library.sqlite3"

PEOPLE_AND_BOOKS = """
    INSERT INTO authors (id, name, born) VALUES
        (1, 'Ursula K. Le Guin', 1929), (2, 'Станислав Лем', 1921), (3, '紫式部', 973), (4, 'Italo Calvino', 1923);
    INSERT INTO books (id, title, author_id, published) VALUES
        (1, 'The Dispossessed', 1, 1974), (2, 'A Wizard of Earthsea', 1, 1968), (3, 'Солярис', 2, 1961),
        (4, '源氏物語', 3, 1010), (5, 'Le città invisibili', 4, 1972);
    INSERT INTO members (id, name, email, joined_at) VALUES
        (1, 'Maria Ochoa', 'maria@library.example', '2025-01-07 09:00:00+00:00'),
        (2, 'Jun Tanaka', 'jun@library.example', '2025-03-18 15:30:00+00:00');
    INSERT INTO loans (book_id, member_id, lent_at, returned_at) VALUES
        (1, 1, '2026-02-10 10:00:00+00:00', NULL), (3, 2, '2026-01-20 16:45:00+00:00', '2026-02-14 11:10:00+00:00');
"""


def main() -> None:
    for file in HERE.glob("library.sqlite3*"):
        file.unlink()
    _aerich("upgrade")
    _aerich("downgrade", "-v", "2", "--yes")  # Aerich reverts to before the version that is named
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.executescript(PEOPLE_AND_BOOKS)
    DATABASE.chmod(0o600)


def _aerich(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "aerich", *arguments], cwd=HERE, check=True)


if __name__ == "__main__":
    main()
