"""What changed in the models since the last file, as statements up and down. Drafted by the worker, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tui.migrate.make.questions import Question, question_of
from tui.migrate.running.faults import Fault
from tui.migrate.running.jobs import run_job
from tui.sanitise import sanitise

if TYPE_CHECKING:
    from tui.migrate.source.project import Project

EMPTY_UP: Final = "-- The statements of this migration, each ended by a semicolon.\n"
EMPTY_DOWN: Final = "-- The statements that take it back; without any the file cannot be reverted.\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """A migration that could be written. With `refusal` nothing else is known.

    `up` and `down` are SQL, as the file will have it and as a person may change it.
    """

    dialect: str = ""
    base: str | None = None
    """The last file; None: this is the first one."""
    up: str = ""
    down: str = ""
    state: str = ""
    """MODELS_STATE, as Aerich writes it."""
    questions: tuple[Question, ...] = ()
    answers: tuple[str, ...] = ()
    """The ids of the questions answered with yes."""
    notes: tuple[str, ...] = ()
    rebuilt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tables of SQLite that are built anew, and why each."""
    is_only_state: bool = False
    """Nothing is done in the database; Aerich would not go on without the new state."""
    is_empty: bool = False
    """Asked for without statements."""
    refusal: str = ""
    output: str = ""
    """The last of what the project printed."""
    trace: tuple[str, ...] = ()

    @property
    def has_changes(self) -> bool:
        """Whether there is something to write."""
        return bool(self.up.strip()) or self.is_only_state or self.is_empty

    @property
    def likely(self) -> tuple[Question, ...]:
        """The questions worth asking a person, the likeliest first."""
        return tuple(each for each in self.questions if each.is_likely or each.id in self.answers)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What a person should know before this is written, in sentences that are safe to show."""
        found = [sanitise(note, 400) for note in self.notes]
        for table, reasons in self.rebuilt.items():
            why = "; ".join(reasons)
            found.append(sanitise(f"SQLite cannot alter {table} like this ({why}): it is built anew and copied.", 400))
        if self.is_only_state:
            found.append("The database stays as it is: this file only writes down the new models.")
        return tuple(found)


async def draft_migration(project: Project, answers: Sequence[str] = (), *, empty: bool = False) -> Draft:
    """Compares the models with the last file, in a fresh process. `answers`: ids of questions answered with yes.

    Raises `ProjectError` without consent, OSError when no process can be started.
    """
    end = await run_job(project, {"job": "make", "stage": "draft", "answers": list(answers), "empty": empty})
    if end.fault is not None:
        return Draft(refusal=_of_fault(end.fault), output=end.output, trace=end.fault.trace)
    values = end.values
    if values.get("outcome") != "drafted":
        return Draft(refusal=sanitise(values.get("sentence") or "It was cancelled.", 600), output=end.output)
    draft = Draft(
        dialect=str(values["dialect"]),
        base=values["base"],
        up=as_script(values["up"]),
        down=as_script(values["down"]),
        state=str(values["state"]),
        questions=tuple(question_of(each) for each in values["questions"]),
        answers=tuple(answers),
        notes=tuple(str(note) for note in values["notes"]),
        rebuilt={str(table): tuple(map(str, why)) for table, why in values["rebuilt"].items()},
        is_only_state=bool(values["is_only_state"]),
        output=end.output,
    )
    return replace(draft, up=EMPTY_UP, down=EMPTY_DOWN, is_empty=True) if empty and draft.base is not None else draft


async def with_counts(project: Project, draft: Draft) -> Draft:
    """The same with what each question is about counted in the project's database, where that answers."""
    places = [[each.id, each.place, None if each.is_table else each.old] for each in draft.likely]
    if not places:
        return draft
    end = await run_job(project, {"job": "make", "stage": "count", "places": places})
    counts = {} if end.fault is not None else end.values.get("counts") or {}
    questions = tuple(
        replace(each, rows=int(counts[each.id][0]), values=int(counts[each.id][1])) if each.id in counts else each
        for each in draft.questions
    )
    return replace(draft, questions=questions)


def as_script(statements: Sequence[str]) -> str:
    """Statements as one text, each on lines of its own and ended by a semicolon."""
    return "".join(f"{statement.strip().rstrip(';')};\n" for statement in statements)


def _of_fault(fault: Fault) -> str:
    where = f" ({fault.trace[-1]})" if fault.trace else ""
    return f"{fault.message}{where}"
