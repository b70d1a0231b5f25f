"""The pages say what the program does: every key, every command and every setting is in them."""

from pathlib import Path

from tui.keys import KEYS
from tui.settings.profiles import COLORS, KINDS
from tui.settings.url import POSTGRES_OPTIONS

DOCS = Path(__file__).parent.parent / "docs"


def test_every_key_stands_in_the_configuration_page_as_it_is() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = {f"| `{key.id}` | `{key.keys.replace(',', '` `')}` | {key.help} |" for key in KEYS.values()}
    assert rows - set(page.splitlines()) == set()


def test_every_setting_stands_in_the_configuration_page() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    missing = [name for name in (*KINDS, *POSTGRES_OPTIONS, *COLORS) if name not in page]
    assert missing == []
