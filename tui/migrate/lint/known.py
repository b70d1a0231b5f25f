"""What is known of the world outside of the files: the server, sizes, counts, schemas of models. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tui.migrate.sizes import Cut, Size


@dataclass(frozen=True, slots=True)
class Known:
    """All of it may be missing: a lint without a database says less, and says so."""

    server: str | None = None
    """PostgreSQL's version: `15.18`."""
    sizes: Mapping[str, Size] = field(default_factory=dict)
    cuts: Mapping[Cut, int] = field(default_factory=dict)
    """Values that a narrowing cast would cut."""
    schemas: Mapping[str, str] = field(default_factory=dict)
    """Tables of models with a Meta.schema: table -> schema."""
    squawk_config: Path | None = None
    """The project's own .squawk.toml, which squawk follows."""
    unchecked: tuple[str, ...] = ()
    """Sentences on what could not be asked."""

    def size(self, table: str) -> Size | None:
        """Of a table, with or without its schema in the name."""
        return self.sizes.get(table) or self.sizes.get(table.rpartition(".")[2])
