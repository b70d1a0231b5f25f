"""The pages say what the program does: every key, every command and every setting is in them."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from tui.keys import KEYS
from tui.settings.options import OF_LIBPQ, OURS, REFUSED, VARIABLES
from tui.settings.profiles import COLORS, KINDS
from tui.settings.sslmode import MODES

DOCS = Path(__file__).parent.parent / "docs"


def test_every_key_stands_in_the_configuration_page_as_it_is() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = {f"| `{key.id}` | `{key.keys.replace(',', '` `')}` | {key.help} |" for key in KEYS.values()}
    assert rows - set(page.splitlines()) == set()


def test_every_setting_stands_in_the_configuration_page() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    named = (*OF_LIBPQ, *OURS, *REFUSED, *VARIABLES, *MODES)
    assert [name for name in named if f"`{name}`" not in page and f"`{name}=true`" not in page] == []
    assert [name for name in (*KINDS, *COLORS) if name not in page] == []


def test_every_rule_of_the_lint_stands_in_the_page_on_migrations_as_it_is() -> None:
    from tui.migrate.lint.catalogue import rule_table

    assert rule_table() in (DOCS / "migrations.md").read_text(encoding="utf-8")


ROOT = DOCS.parent
COMMAND = re.compile(
    r"pytest (?P<file>tests/\S+?\.py|tests/\S+?/?)(?:::(?P<test>\w+))?(?:\[\S+\])?"
    r"(?: --dialect (?P<dialect>sqlite|postgres))?"
    r"|python -m (?P<module>[\w.]+)(?: .*)?"
)


def reliability_rows() -> list[str]:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    return [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| fault |")]


def test_the_table_of_faults_has_rows() -> None:
    assert len(reliability_rows()) > 20


@pytest.mark.parametrize("row", reliability_rows())
def test_each_command_of_the_table_of_faults_exists(row: str) -> None:
    """Found without running it: the file and the function, or the module; and the dialect that it needs."""
    cells = row.strip("|").split("|")
    assert len(cells) == 4, "fault, what the person sees, what is guaranteed, command"
    commands = re.findall(r"`([^`]+)`", cells[-1])
    assert commands
    for command in commands:
        found = COMMAND.fullmatch(command)
        assert found is not None, command
        if module := found["module"]:
            assert importlib.util.find_spec(module) is not None, command
            continue
        path = ROOT / found["file"]
        assert path.exists(), command
        if path.is_dir():
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        chosen = [node for node in functions if node.name == found["test"]] if found["test"] else []
        assert bool(chosen) == bool(found["test"]), command
        marks = {ast.unparse(mark) for node in chosen for mark in node.decorator_list} | {
            ast.unparse(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        }
        needs = {name for name in ("sqlite", "postgres") if any(f"mark.{name}_only" in mark for mark in marks)}
        assert needs <= {found["dialect"] or "sqlite"}, command
