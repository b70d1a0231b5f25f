"""What a comparison of models, files and database has to say. Values only: how it is found out is in `comparing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.running.faults import Fault


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same everywhere. Texts are the project's and the database's: not safe to show as such.

    `in_models`, `in_files` and `in_database` say what is there, None where it is not there at all. `in_files` is None
    as well where the files could not be asked (`DriftReport.files`).
    """

    kind: str
    """`table`, `column`, `type`, `null`, `default`, `identity`, `generated`, `collation`, `primary key`, `unique`,
    `foreign key`, `check`, `index`, `trigger`, `view`, `sequence`, `enum`, `comment`, `name`, `order`."""
    table: str
    name: str
    in_models: str | None
    in_files: str | None
    in_database: str | None
    fix_sql: str = ""
    """What makes the database as the models are, or as the files are where no model can say it. Never run from here."""
    is_benign: bool = False
    why: str = ""
    is_unknown_object: bool = False
    """A whole table, view, sequence or type that neither models nor files know: somebody else's, in the same schema."""

    @property
    def is_only_there(self) -> bool:
        """Only the database has it."""
        return self.in_models is None and self.in_files is None and not self.is_benign

    @property
    def counts(self) -> bool:
        """Whether it is drift: not benign, and of an object that models or files speak of."""
        return not (self.is_benign or self.is_unknown_object)

    @property
    def what(self) -> str:
        """What of the table it is about: `email: type`, `index (title, price)`; not safe to show as such."""
        if self.kind in ("type", "null", "default", "identity", "generated", "collation"):
            return f"{self.name}: {'NULL' if self.kind == 'null' else self.kind}"
        return f"{self.kind} {self.name}".strip()

    def sentence(self) -> str:
        """`users, email: type: models varchar(254), files –, database varchar(100)`; safe to show, one line."""
        sides = (("models", self.in_models), ("files", self.in_files), ("database", self.in_database))
        said = ", ".join(f"{side} {text if text is not None else '–'}" for side, text in sides)
        return sanitise(f"{self.table}, {self.what}: {said}", 400)

    def as_json(self) -> dict[str, Any]:
        """For `--json`: every text as it is."""
        return asdict(self) | {"only_in_the_database": self.is_only_there, "counts": self.counts}


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What was compared, and what is not the same. With `fault` nothing is known."""

    differences: tuple[Difference, ...] = ()
    """All that are not benign, by table; `drift` are those that count."""
    benign: tuple[Difference, ...] = ()
    fault: Fault | None = None
    models: str = ""
    """How the models were asked, in a sentence."""
    files: str = ""
    """How the files were asked, or why they were not."""
    label: str = ""
    """The database, from its live connection; safe to show."""
    tables: int = 0
    """How many tables of the models were compared."""
    is_exact: bool = True
    """False where the models are known only by their own description: without defaults, checks and expressions."""
    unmade: tuple[Difference, ...] = ()
    """What the models ask for and no file makes, not even a pending one: models without a migration."""
    reached: bool = True
    """Whether the database answered."""
    pending: tuple[str, ...] = ()
    """Files that are not applied; what they will change is not drift."""
    took_ms: float = 0.0

    @property
    def drift(self) -> tuple[Difference, ...]:
        """What somebody should mend."""
        return tuple(each for each in self.differences if each.counts)

    @property
    def unknown_objects(self) -> tuple[Difference, ...]:
        """Whole objects that neither models nor files know."""
        return tuple(each for each in self.differences if each.is_unknown_object)

    @property
    def fix_sql(self) -> str:
        """All fixes of the drift as one script, in an order in which they run. Unknown objects are left alone."""
        gone = sorted((each for each in self.drift if each.is_only_there), key=lambda each: -_rank(each))
        rest = sorted((each for each in self.drift if not each.is_only_there), key=_rank)
        return "\n".join(dict.fromkeys(each.fix_sql for each in (*gone, *rest) if each.fix_sql))

    @property
    def sentence(self) -> str:
        """One line on how it is; safe to show."""
        if self.fault is not None:
            return self.fault.message
        if not self.drift:
            return f"No drift: {_many(self.tables, 'table')} of the models compared."
        tables = {each.table for each in self.drift}
        return f"Drift: {_many(len(self.drift), 'difference')} in {_many(len(tables), 'table')}."

    def as_json(self) -> Mapping[str, Any]:
        """For `--json`."""
        return {
            "drift": bool(self.drift),
            "sentence": self.sentence,
            "database": self.label,
            "tables": self.tables,
            "models": self.models,
            "files": self.files,
            "exact": self.is_exact,
            "pending": list(self.pending),
            "differences": [each.as_json() for each in self.differences],
            "unmade": [each.as_json() for each in self.unmade],
            "benign": [each.as_json() for each in self.benign],
            "took_ms": self.took_ms,
        }


_ORDER: Final = (
    *("enum", "sequence", "table", "column", "type", "collation", "generated", "null", "default", "identity"),
    *("primary key", "unique", "foreign key", "check", "index", "trigger", "view"),
)
"""What stands on something comes after it."""


def _rank(each: Difference) -> int:
    return _ORDER.index(each.kind) if each.kind in _ORDER else len(_ORDER)


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
