"""Which column of a file is which field of a user, and how its texts become values.

Our own names and the usual ones are recognised. A column that means a password or a superuser is refused whatever its
name is mapped to; our own columns that cannot be written are left out and named; any other must be mapped or ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from models.operations.importing import FIELDS, ImportRow
from models.operations.plan import FieldError
from models.spreadsheets import unquoted
from tui.sanitise import shell_word
from tui.transfer.columns import BY_NAME
from tui.transfer.errors import TransferError
from tui.transfer.records import Record

TARGETS: Final = ("id", *FIELDS)

_USUAL: Final = {
    "id": ("userid", "uid"),
    "username": ("user", "login", "name", "loginname", "account", "benutzername"),
    "email": ("mail", "emailaddress", "mailaddress", "emailadresse"),
    "full_name": ("displayname", "realname", "commonname"),
    "is_verified": ("verified", "emailverified"),
    "must_change_password": ("mustchange",),
    "expires_at": ("expires", "expiry", "expirydate", "validuntil"),
}

_SECRET: Final = re.compile(r"pass(word|wd|wort|phrase|code)?|pwd|hash(edpassword)?|secret|token|mfa|otp")
_POWER: Final = re.compile(r"(is)?(super(user)?|admin|staff|root)")

_YES: Final = frozenset({"true", "t", "yes", "y", "1", "on"})
_NO: Final = frozenset({"false", "f", "no", "n", "0", "off"})


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Column -> field, and the columns that are left out: `own` ones cannot be written, `ignored` ones were named."""

    fields: Mapping[str, str]
    own: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """The fields that the file has, in the order of the form."""
        return tuple(name for name in FIELDS if name in self.fields.values())


def map_columns(columns: Sequence[str], given: Iterable[tuple[str, str]], ignored: Iterable[str]) -> ColumnMap:
    """Return what each column is. Raises TransferError that names every column that is in the way."""
    wanted, left_out = dict(given), tuple(dict.fromkeys(ignored))
    for column in (*wanted, *left_out):
        if column not in columns:
            raise TransferError(f"The file has no column {column}{_near(column, columns)}")
    fields: dict[str, str] = {}
    own, unknown = [], []
    for column in columns:
        _refuse_secret(column, wanted.get(column, ""))
        if column in left_out:
            continue
        field = _field(wanted[column]) if column in wanted else _recognised(column)
        if field is not None:
            taken = next((other for other, one in fields.items() if one == field), None)
            if taken is not None:
                raise TransferError(f"{taken} and {column} both would be {field}. Leave one out (--ignore).")
            fields[column] = field
        elif column in BY_NAME:
            own.append(column)
        else:
            unknown.append(column)
    if unknown:
        which = "This column is" if len(unknown) == 1 else "These columns are"
        mapped, ignored = shell_word(f"{unknown[0]}=FIELD"), shell_word(unknown[0])
        raise TransferError(
            f"{which} not known: {', '.join(unknown)}{_near(unknown[0], TARGETS)}"
            f" Say which field it is (--map {mapped}), or leave it out (--ignore {ignored})."
        )
    if not {"id", "username"} & set(fields.values()):
        raise TransferError("No column is the id or the username, so nobody would know whom a line means.")
    if not set(fields.values()) - {"id"}:
        raise TransferError("There is no column to write: the file has ids only.")
    return ColumnMap(fields, tuple(own), left_out)


def import_row(record: Record, mapping: ColumnMap, *, is_csv: bool) -> ImportRow:
    """Return a record as a row of an import; what its texts do not say is an error of the row."""
    if record.error:
        return ImportRow(record.line, None, {}, (FieldError("line", record.error),))
    values: dict[str, object] = {}
    errors: list[FieldError] = []
    user_id: int | None = None
    for column, field in mapping.fields.items():
        if column not in record.cells:
            continue
        try:
            value = _from_text(field, record.cells[column]) if is_csv else _from_json(field, record.cells[column])
        except ValueError as error:
            errors.append(FieldError(field, str(error)))
            continue
        if field == "id":
            user_id = value if isinstance(value, int) else None
        elif value is not _MISSING:
            values[field] = value
    return ImportRow(record.line, user_id, values, tuple(errors))


_MISSING: Final = object()


def _from_text(field: str, cell: str) -> object:
    text = unquoted(cell)
    bare = text.strip()
    if field == "id":
        return _number(bare) if bare else None
    if field in ("is_verified", "must_change_password"):
        return _flag(bare) if bare else _MISSING
    if field == "expires_at":
        return _moment(bare) if bare else None
    return _text(text)


def _from_json(field: str, value: Any) -> object:
    if field == "id":
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise ValueError("This is no number of a user.")
    if field in ("is_verified", "must_change_password"):
        if value is None:
            return _MISSING
        if isinstance(value, bool):
            return value
        raise ValueError("This is true or false.")
    if value is None:
        return "" if field in ("username", "full_name") else None
    if not isinstance(value, str):
        raise ValueError("This is a text in quotes.")  # noqa: TRY004 - a value of a file, not a mistake of the program
    return (_moment(value.strip()) if value.strip() else None) if field == "expires_at" else _text(value)


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("This holds a zero character, which no database keeps.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("This holds half a character (a lone surrogate).")
    if len(text) > 1000:
        raise ValueError(f"This has {len(text)} characters, far more than fit.")
    return text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise ValueError("This is no number of a user.")
    return int(text)


def _flag(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise ValueError("This is either true or false.")


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise ValueError("This is a date and time with its zone, such as 2027-01-31 18:00+01:00.")
    return read


def _field(name: str) -> str:
    if name not in TARGETS:
        raise TransferError(f"{name} is no field to import{_near(name, TARGETS)} Fields are {', '.join(TARGETS)}.")
    return name


def _recognised(column: str) -> str | None:
    plain = _plain(column)
    for field in TARGETS:
        if plain == _plain(field) or plain in _USUAL[field]:
            return field
    return None


def _refuse_secret(column: str, mapped: str) -> None:
    for name in (column, mapped):
        plain = _plain(name)
        if plain in {"mustchangepassword", "hasusablepassword", "passwordchangedat", "passwordexpiresat"}:
            continue
        if _SECRET.fullmatch(plain):
            raise TransferError(
                f"The column {column} looks like a password or a secret, and those are never imported. Take it out of"
                " the file: whoever can read the file can read it too."
            )
        if _POWER.fullmatch(plain):
            raise TransferError(
                f"The column {column} says who is a superuser, which is never imported. Take it out of the file."
            )


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _near(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name[:60], known, n=1)
    return f". Did you mean {close[0]}?" if close else "."
