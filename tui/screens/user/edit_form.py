"""The fields of a user as a form: texts as typed, what was touched, and an error beside each field. Writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from models.operations import FieldError, field_label
from models.operations.text import grouped
from models.operations.values import FLAG_FIELDS, TEXT_FIELDS, TIME_FIELDS
from tui.sanitise import hidden_characters
from tui.terminal.safe import safe
from tui.widgets.check import Check
from tui.widgets.line_input import LONGEST, LineInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models import Account

MOST_NAMED = 3
"""Hidden characters that are named one by one."""

TYPED = (*TEXT_FIELDS, *TIME_FIELDS)
LENGTHS = {"username": 50, "email": 254, "full_name": 150, "expires_at": 16}
LABELS = {name: field_label(name) for name in (*TYPED, *FLAG_FIELDS)} | {"expires_at": "expires (UTC)"}


class EditForm(VerticalGroup):
    """Username, e-mail, full name and end date to type; the flags to tick. `disabled` flags need another role."""

    DEFAULT_CSS = """
    EditForm { height: auto; width: 100%; }
    EditForm .field { height: 1; }
    EditForm .field .label { width: 15; }
    EditForm .field Input { width: 1fr; }
    EditForm .error { height: auto; display: none; padding: 0 0 0 15; }
    EditForm .error.-given { display: block; }
    EditForm #flags { height: 1; margin: 1 0 0 0; }
    EditForm #flags Check { width: auto; margin: 0 2 0 0; }
    """

    class Changed(Message):
        """Something was typed or ticked."""

    def __init__(self, *, disabled_flags: Iterable[str] = ()) -> None:
        super().__init__(id="form")
        self._disabled_flags = frozenset(disabled_flags)
        self._initial: dict[str, object] = dict.fromkeys(TYPED, "") | dict.fromkeys(FLAG_FIELDS, False)

    def compose(self) -> ComposeResult:
        for name in TYPED:
            with HorizontalGroup(classes="field"):
                yield Static(Content(LABELS[name]), classes="label")
                placeholder = "never, or 2027-01-31 18:00" if name in TIME_FIELDS else ""
                yield LineInput(id=name, max_length=LENGTHS[name], placeholder=placeholder, select_on_focus=False)
            yield Static(id=f"{name}-hidden", classes="error caution")
            yield Static(id=f"{name}-error", classes="error wrong")
        with HorizontalGroup(id="flags"):
            for name in FLAG_FIELDS:
                yield Check(Content(LABELS[name]), id=name, compact=True, disabled=name in self._disabled_flags)
        yield Static(id="flags-error", classes="error wrong")

    # Values ---------------------------------------------------------------------------------------------------------

    def load(self, account: Account, *, but: Iterable[str] = ()) -> None:
        """Shows the row, but for what was typed in the fields `but`. Only differences from the row count as touched."""
        self._initial = {name: self._to_edit(name, _text_of(getattr(account, name))) for name in TYPED}
        self._initial |= {name: bool(getattr(account, name)) for name in FLAG_FIELDS}
        kept = frozenset(but)
        for name, value in self._initial.items():
            if name not in kept:
                self._put(name, value)

    def _to_edit(self, name: str, text: str) -> str:
        """The text, or nothing where a field of one line cannot hold it: left alone it stays, typed over it goes."""
        if len(text) <= LONGEST:
            return text
        field = self.query_one(f"#{name}", Input)
        field.placeholder = f"{grouped(len(text))} characters, too long to be shown; stays unless you type"
        return ""

    def fill(self, values: Mapping[str, object]) -> None:
        """Shows other values than those of the row, as if they had been typed."""
        for name, value in values.items():
            self._put(name, bool(value) if name in FLAG_FIELDS else _text_of(value))

    def start_new(self) -> None:
        """Counts everything that stands in the form as touched: the row is to be made."""
        self._initial = dict.fromkeys(TYPED, "") | dict.fromkeys(FLAG_FIELDS, False)

    def _put(self, name: str, value: object) -> None:
        if name in FLAG_FIELDS:
            self.query_one(f"#{name}", Check).value = bool(value)
        else:
            self.query_one(f"#{name}", Input).value = str(value)

    def _now(self, name: str) -> object:
        if name in FLAG_FIELDS:
            return self.query_one(f"#{name}", Check).value
        return self.query_one(f"#{name}", Input).value

    @property
    def touched(self) -> tuple[str, ...]:
        """The fields that differ from what was loaded, in the order of the form."""
        return tuple(name for name, value in self._initial.items() if self._now(name) != value)

    def typed(self) -> dict[str, str]:
        """Return the touched fields as the command line takes them."""
        values = {name: self._now(name) for name in self.touched}
        return {
            name: ("yes" if value else "no") if isinstance(value, bool) else str(value)
            for name, value in values.items()
        }

    def values(self) -> tuple[dict[str, object], tuple[FieldError, ...]]:
        """Return the touched fields as operations take them, and what cannot be read as one."""
        good: dict[str, object] = {}
        errors = []
        for name in self.touched:
            value = self._now(name)
            if name in TIME_FIELDS:
                try:
                    good[name] = read_moment(str(value))
                except ValueError:
                    errors.append(FieldError(name, "Write a date like 2027-01-31 or 2027-01-31 18:00, or nothing."))
            else:
                good[name] = value
        return good, tuple(errors)

    # Errors ---------------------------------------------------------------------------------------------------------

    def show_errors(self, errors: Iterable[FieldError]) -> tuple[FieldError, ...]:
        """Puts each error beside its field and the cursor into the first; returns those that have no field here."""
        given: Mapping[str, str] = {error.field: error.sentence for error in errors}
        others = []
        for line in self.query(".error.wrong").results(Static):
            line.set_class(False, "-given")
        first = None
        for name in self._initial:
            if name in given:
                line = self.query_one(f"#{name}-error" if name in TYPED else "#flags-error", Static)
                line.update(safe(given[name]))
                line.set_class(True, "-given")
                first = first or name
        others = [error for error in errors if error.field not in self._initial]
        if first is not None:
            self.query_one(f"#{first}").focus()
        return tuple(others)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Says what the field holds and does not show; tells the dialog."""
        event.stop()
        line = self.query_one(f"#{event.input.id}-hidden", Static)
        words = hidden_words(event.value)
        line.update(Content(words))
        line.set_class(bool(words), "-given")
        self.post_message(self.Changed())

    def on_check_changed(self, event: Check.Changed) -> None:
        """Tells the dialog."""
        event.stop()
        self.post_message(self.Changed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        self.screen.focus_next()


def hidden_words(text: str) -> str:
    """Return what a text holds that cannot be seen where it is typed: `holds U+202E at 4`; nothing if there is none."""
    found = hidden_characters(text)
    named = [f"{code} at {position}" for position, code in found[:MOST_NAMED]]
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"holds {', '.join(named)}{more}" if named else ""


def read_moment(text: str) -> datetime | None:
    """Return the moment of a text like `2027-01-31 18:00`, in UTC; None for nothing. Raises ValueError."""
    if not text.strip():
        return None
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text_of(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
