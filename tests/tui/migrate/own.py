"""The versions of our own tree, read from its files: a new migration needs no test that counts them to be changed."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]


def tree(dialect: str) -> tuple[str, ...]:
    """Return the versions of a dialect's tree, in the order of their numbers."""
    found = (path.name for path in (ROOT / "migrations" / dialect / "models").glob("[0-9]*.py"))
    return tuple(sorted(found, key=lambda name: int(name.split("_")[0])))


VERSIONS: Final = tree("sqlite")
INIT, SECOND, SHARED_VIEWS, ACTOR_INDEXES, CHAIN_OF_TRUST = VERSIONS[:5]
COUNT: Final = len(VERSIONS)
ALL_APPLIED: Final = f"0 to {COUNT - 1} are applied."
"""What is told when all of them are."""
