"""Names that a spreadsheet would calculate, out into a file and back: inert in it, and the same afterwards."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.spreadsheets import FORMULA
from tests.models.operations.people import acting, set_columns, superuser, user
from tests.tui.transfer.texts import counts_of, plan_text
from tui.browse.lists.orders import parse_order
from tui.browse.search.query import parse
from tui.transfer.columns import DEFAULT
from tui.transfer.export import ExportRequest, export_users
from tui.transfer.sheets import Format

if TYPE_CHECKING:
    from tui.database import Database

NAMES = [
    before + prefix + after
    for prefix in FORMULA
    for before in ("", "  ", "'", "''", "\u3000")
    for after in ("", "1+1", "cmd|' /C calc'!A0", '"=1"', ",=1;=1\t=1\n=1")
]


@pytest.mark.parametrize("form", Format)
async def test_out_and_back(form: Format, database: Database, tmp_path: Path) -> None:
    actor = acting(await superuser())
    for number, name in enumerate(NAMES):
        await set_columns(await user(f"u{number}"), full_name=name)
    path = tmp_path / f"users.{form}"
    await export_users(ExportRequest(parse(""), parse_order("id"), DEFAULT, form, path, None), actor)
    if form is Format.CSV:
        with path.open(newline="", encoding="utf-8-sig") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if cell.lstrip(" ").startswith(tuple(FORMULA))] == []
    planned = await plan_text(path, actor)
    create, update, unchanged, errors = counts_of(planned)
    planned.close()
    # In CSV what cannot be seen is its escape, for people: it is known for what it was when it comes back.
    assert (create, update, unchanged, errors) == (0, 0, len(NAMES) + 1, 0)
