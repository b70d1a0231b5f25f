"""How a project came to its migrations: steps in the order in which its people made them. Pure values.

A step edits the models and lets `aerich migrate` write the file; without edits the file is made empty. What its people
wrote themselves then takes the place of the SQL that Aerich generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One migration. `edits` are (old, new) texts of the models; `up` and `down` replace what was generated.

    `before` is Python at the beginning of `upgrade`, `answers` what is typed when Aerich asks.
    """

    name: str
    edits: tuple[tuple[str, str], ...] = ()
    up: str | None = None
    down: str | None = None
    before: str = ""
    transaction: bool = True
    answers: str = ""
    app: str = ""
    """The app it belongs to, where the project has several."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Two lines of work from the same point: `main` goes on while `side` is written, then side is merged.

    Both number their files from where they parted.
    """

    side: tuple[Step, ...]
    main: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A project from its first model on. `texts` are its other files; `models` the file of each app before step 0."""

    name: str
    database: str
    """The dialect that the files are for."""
    models: Mapping[str, str]
    """The app's name to the text of its models."""
    steps: tuple[Step | Branch, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
