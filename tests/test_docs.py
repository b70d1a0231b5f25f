"""The pages say what the program does: every key, every command and every setting is in them."""

from pathlib import Path

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
