"""Questions on renames, and the answers that a person types. Pure; texts are safe to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.migrate.wording import listed, spaced
from tui.sanitise import sanitise


class NoSuchRename(Exception):
    """What was typed is none of the renames that there can be. `sentence` says which there are."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Question:
    """Is `new` the `old` one under another name? Without an answer the old one is dropped, with what is in it.

    `kind` is "table" or "column"; `table` its name in the models, `place` in the database. `rows` and `values` are None
    where the database was not asked or did not answer in time.
    """

    id: str
    kind: str
    table: str
    old: str
    new: str
    type: str
    is_likely: bool
    place: str
    rows: int | None = None
    values: int | None = None

    @property
    def is_table(self) -> bool:
        return self.kind == "table"

    @property
    def sentence(self) -> str:
        """`Was the column name of item renamed to title?`"""
        if self.is_table:
            return sanitise(f"Was the table {self.old} renamed to {self.new}?", 300)
        return sanitise(f"Was the column {self.old} of {self.table} renamed to {self.new}?", 300)

    @property
    def at_stake(self) -> str:
        """What a no would drop, in words; "" where nobody counted."""
        if self.rows is None:
            return ""
        if self.is_table:
            return f"no drops {spaced(self.rows)} row{'' if self.rows == 1 else 's'}"
        count = self.values or 0
        return f"no drops {spaced(count)} value{'' if count == 1 else 's'} of {spaced(self.rows)} rows"

    @property
    def typed(self) -> str:
        """As on the command line: `item.name=title`, `item=thing`."""
        return f"{self.old}={self.new}" if self.is_table else f"{self.table}.{self.old}={self.new}"

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "table": sanitise(self.table, 200),
            "old": sanitise(self.old, 200),
            "new": sanitise(self.new, 200),
            "rename": sanitise(self.typed, 400),
            "likely": self.is_likely,
            "rows": self.rows,
            "values": self.values,
        }


def question_of(values: Mapping[str, Any]) -> Question:
    """From the worker."""
    return Question(
        id=str(values["id"]),
        kind=str(values["kind"]),
        table=str(values["table"]),
        old=str(values["old"]),
        new=str(values["new"]),
        type=str(values["type"]),
        is_likely=bool(values["is_likely"]),
        place=str(values["place"]),
    )


def answers_of(typed: Iterable[str], questions: Sequence[Question]) -> tuple[str, ...]:
    """The ids of what was typed: `OLD=NEW`, with the table before a dot where more than one has such columns.

    Raises NoSuchRename.
    """
    found = []
    for text in typed:
        old, equals, new = text.partition("=")
        if not (equals and old and new):
            raise NoSuchRename(f"A rename is typed OLD=NEW, and {sanitise(text, 100)!r} is not.")
        new = new.rpartition(".")[2]
        meant = [each for each in questions if _names(each, old) and each.new == new]
        if len(meant) > 1:
            places = listed([each.typed for each in meant], "or")
            raise NoSuchRename(sanitise(f"{text} could be {places}. Type one of these.", 600))
        if not meant:
            raise NoSuchRename(sanitise(f"Nothing was renamed from {old} to {new}. {_possible(questions)}", 600))
        found.append(meant[0].id)
    return tuple(found)


def _names(question: Question, old: str) -> bool:
    if question.is_table:
        return old == question.old
    return old in (question.old, f"{question.table}.{question.old}", f"{question.place}.{question.old}")


def _possible(questions: Sequence[Question]) -> str:
    known = [each.typed for each in questions]
    return f"Possible: {listed(known[:8], 'or')}." if known else "No table and no column is gone while another is new."
