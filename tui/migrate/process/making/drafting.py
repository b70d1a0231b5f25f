"""From the state of the last file and the models of today to statements up and down, with the answers on renames.

Renames first, then what Aerich finds, then what SQLite builds anew; going down the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aerich.migrate import Migrate
from tortoise import Tortoise
from tortoise.exceptions import ConfigurationError

from ..sql.statements import split
from . import rebuilding
from .aerich_diff import compare, generators_quote
from .base import Refused
from .questions import Question, column_questions, same_tables, table_questions
from .rebuilding import Catalogue
from .renames import NotAnswerable, Renamed, check, follow_through, rename_columns, rename_models, rename_tables
from .state import State, columns, copy_of
from .tables import create_table, dropped_again
from .unseen import mend, new_and_required, shrunk

_SAID_HERE: Final = ("Ignore 'on_delete'", "Aerich does not", "Does not support change primary_key")
"""What Aerich would print and is done, or said better, here."""


@dataclass(slots=True)
class Draft:
    """Statements without semicolons. `rebuilt`: tables of SQLite and why each; `is_only_state`: no SQL is needed."""

    questions: list[Question] = field(default_factory=list)
    renamed: Renamed = field(default_factory=Renamed)
    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rebuilt: dict[str, list[str]] = field(default_factory=dict)
    is_only_state: bool = False


class Drafting:
    """`renames` needs nothing but the two states; `finish` needs for some tables of SQLite what a database has."""

    def __init__(self, old: State, new: State, answers: Sequence[str], app: str, client: Any) -> None:
        self._app = app
        self._dialect: str = client.capabilities.dialect
        self._client = client
        self._generator: Any = Migrate.ddl.schema_generator
        self._new = copy_of(new)
        self._places = {name: model["table"] for name, model in old.items()}
        self.draft = Draft()
        self._old = self._renames(copy_of(old), set(answers))
        self._why = self._rebuilt()

    @property
    def needs_catalogue(self) -> bool:
        """Whether tables are built anew: what hangs on them is in the database and not in the models."""
        return bool(self._why)

    def _renames(self, old: State, answers: set[str]) -> State:
        new, draft = self._new, self.draft
        pairs = same_tables(old, new)
        old = rename_models(old, pairs)
        tables = table_questions(old, new, self._dialect)
        chosen = [each for each in tables if each.id in answers]
        old = rename_models(old, [(each.former, each.model) for each in chosen])
        places = {**self._places, **{each.model: self._places[each.former] for each in chosen}}
        places |= {now: self._places[former] for former, now in pairs}
        fields = column_questions(old, new, self._dialect, places)
        yes = [each for each in fields if each.id in answers]
        draft.questions = [*tables, *fields]
        try:
            check([*chosen, *yes])
        except NotAnswerable as error:
            raise Refused(str(error)) from None
        known = {each.id for each in draft.questions}
        if unknown := sorted(answers - known):
            raise Refused(f"There is nothing to rename like this: {', '.join(unknown)}.")
        touched = rename_tables(old, new, draft.renamed, self._dialect, self._name)
        touched |= {now for _, now in pairs} | {each.model for each in chosen}
        follow_through(old, new, touched, draft.renamed, self._dialect, self._name)
        rename_columns(old, new, yes, draft.renamed, self._dialect, self._name)
        return old

    def _rebuilt(self) -> dict[str, list[str]]:
        if self._dialect != "sqlite":
            return {}
        found = {}
        for name in sorted(self._old.keys() & self._new.keys()):
            one, two = self._old[name], self._new[name]
            if one.get("managed") is not False and two.get("managed") is not False:
                found[name] = rebuilding.why_rebuilt(one, two)
        return {name: why for name, why in found.items() if why}

    def finish(self, catalogue: Catalogue | None) -> Draft:
        """The draft. `catalogue`: what the database has once the renames were run on it; None where none is known."""
        draft, old, new = self.draft, copy_of(self._old), self._new
        self._notes(old)
        for name in self._why:
            # What is built anew, Aerich is not asked about; only the tables between models stay in its hands.
            between = old[name]["m2m_fields"]
            old[name] = copy_of({name: new[name]})[name]
            old[name]["m2m_fields"] = between
        unseen = mend(old, new, self._dialect, self._default_now)
        draft.notes += unseen.notes
        try:
            up, down, said = compare(old, new)
        except ConfigurationError as error:
            raise Refused(f"Tortoise cannot make these tables: {error}. A key to a table made later helps.") from error
        draft.notes += [line for line in said if not line.lstrip().startswith(_SAID_HERE)]
        down = [*dropped_again(old, new, self._generator, down), *down]
        head, back = self._rebuild(catalogue)
        draft.up = [*draft.renamed.up, *up, *unseen.up, *head]
        draft.down = [*back, *unseen.down, *down, *draft.renamed.down]
        draft.up, draft.down = self._apart(draft.up), self._apart(draft.down)
        draft.is_only_state = unseen.is_only_state and not draft.up
        if self._why:
            draft.up = [*rebuilding.BEFORE, *draft.up, *rebuilding.AFTER]
            draft.down = [*rebuilding.BEFORE, *draft.down, *rebuilding.AFTER]
        return draft

    def _apart(self, operators: list[str]) -> list[str]:
        """One statement each: Aerich and the generator put several into one text."""
        found = [each.text.rstrip().rstrip(";") for sql in operators for each in split(sql, self._dialect)]
        # Aerich drops a table between two models once for each of them.
        return [sql for place, sql in enumerate(found) if not (sql.startswith("DROP ") and sql in found[:place])]

    def _notes(self, old: State) -> None:
        draft = self.draft
        draft.notes += new_and_required(old, self._new, rebuilding.constant)
        draft.notes += shrunk(old, self._new, self._dialect)
        for name, why in self._why.items():
            kept = {each["db_column"] for each in columns(self._new[name])}
            gone = [each["db_column"] for each in columns(old[name]) if each["db_column"] not in kept]
            draft.rebuilt[self._new[name]["table"]] = [*why, *(f"{column}{rebuilding.GOES}" for column in gone)]

    def _rebuild(self, catalogue: Catalogue | None) -> tuple[list[str], list[str]]:
        if not self._why:
            return [], []
        known = catalogue or Catalogue()
        tables = [self._new[name]["table"] for name in self._why]
        drops, makes = rebuilding.around(tables, known)
        up, down = [*drops], [*drops]
        for name in self._why:
            one, two = self._old[name], self._new[name]
            ups, downs = self._one(one, two, name, known)
            up += ups
            down += downs
        if catalogue is None:
            self.draft.notes.append(
                f"What hangs on {' and '.join(tables)} is not known (triggers, views, indexes made by hand): "
                "no scratch database could be built. Add what has to be made again."
            )
        return [*up, *makes], [*down, *makes]

    def _one(self, one: Any, two: Any, name: str, known: Catalogue) -> tuple[list[str], list[str]]:
        table = two["table"]
        made = self._statements(name)
        before = create_table({**one, "table": table}, self._old, self._generator)
        have = known.columns.get(table) or [each["db_column"] for each in columns(one)]
        want = [each["db_column"] for each in columns(two)]
        names = {_index_name(sql) for sql in [*made[1:], *before[1:]]}
        others = rebuilding.other_indexes(table, known, names, want)
        mine = [each.sql for each in known.of(table, "index")] or before[1:]
        counts = "AUTOINCREMENT" in made[0] and "AUTOINCREMENT" in (known.table(table) or before[0])
        up = rebuilding.rebuild(
            made[0], [*made[1:], *others], have, two, table, values=rebuilding.fills(one, two), counts=counts
        )
        down = rebuilding.rebuild(
            known.table(table) or before[0],
            mine,
            want,
            known.columns.get(table) or one,
            table,
            values=rebuilding.fills(two, one),
            counts=counts,
        )
        return up, down

    def _statements(self, name: str) -> list[str]:
        """CREATE TABLE and its indexes, as Tortoise makes them."""
        model = self._model(name)
        with generators_quote():
            sql = self._generator._get_table_sql(model, safe=False)["table_creation_string"]
        return [each.text.rstrip().rstrip(";") for each in split(sql, self._dialect)]

    def _default_now(self, name: str, field_name: str) -> str:
        model = self._model(name)
        kind = model._meta.fields_map[field_name]
        with generators_quote():
            sql = self._generator._get_field_default(kind, model._meta.db_table, field_name, model)
        return str(sql).removeprefix(" DEFAULT ").strip()

    def _model(self, name: str) -> Any:
        return Tortoise.apps[self._app][name.rpartition(".")[2]]

    @property
    def _name(self) -> Callable[[str, str, Sequence[str]], str]:
        generator = self._generator
        return lambda prefix, table, parts: str(generator._get_index_name(prefix, table, list(parts)))


def _index_name(sql: str) -> str:
    return sql.split('"')[1] if '"' in sql else ""
