"""Where in a file each character of its SQL stands, however Python writes the string."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.migrate.source.literals import Source, static_text

TEXTS = st.text(alphabet=st.sampled_from("ab;'\"\\\n\t{}#é漢\U0001f600 "), max_size=40)


def as_triple(text: str, prefix: str) -> str:
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{prefix}"""{body}"""'


def as_f_string(text: str) -> str:
    return as_triple(text.replace("{", "{{").replace("}", "}}"), "f")


def as_written(text: str) -> list[str]:
    """One text, as different people write it."""
    middle = len(text) // 2
    return [
        repr(text),
        ascii(text),
        as_triple(text, ""),
        as_f_string(text),
        f"({as_triple(text[:middle], '')}  # it's a comment\n    {text[middle:]!r})",
        f"{text[:middle]!r} + (\n    {as_f_string(text[middle:])} )",
        f'"""\\\n{as_triple(text, "")[3:]}',
    ]


@given(TEXTS)
def test_every_character_is_found_where_it_stands(text: str) -> None:
    for written in as_written(text):
        code = f"x = 1\nasync def upgrade(db):\n    return {written}\n"
        function = ast.parse(code).body[1]
        assert isinstance(function, ast.AsyncFunctionDef)
        returned = function.body[0]
        assert isinstance(returned, ast.Return)
        assert returned.value is not None
        source = Source(code)
        literal = source.literal(returned.value)
        assert literal is not None
        assert literal.text == text
        lines = code.split("\n")
        for offset, character in enumerate(text):
            place = source.place(literal, offset)
            found = lines[place.line - 1][place.column :]
            plain = character not in "\\\n\t'\"" and (character.isascii() or "\\u" not in found[:2].lower())
            if plain and not found.startswith("\\"):
                assert found.startswith(character), (written, offset)
            else:
                # Written as an escape, or the end of a line itself.
                assert found[:1] in ("\\", character, "")


@pytest.mark.parametrize(
    "expression", ["name", "f'{name}'", "'a' + name", "'%s' % 1", "b'a'", "str(1)", "'a'.strip()", "1 + 2", "None"]
)
def test_what_must_be_executed_is_no_text(expression: str) -> None:
    assert static_text(ast.parse(expression, mode="eval").body) is None


def test_a_raw_string_has_no_escapes() -> None:
    code = "return_ = r'''a\\nb\\'''' + '''c'''"
    statement = ast.parse(code).body[0]
    assert isinstance(statement, ast.Assign)
    source = Source(code)
    literal = source.literal(statement.value)
    assert literal is not None
    assert literal.text == "a\\nb\\'c"
    place = source.place(literal, 6)
    assert code.split("\n")[place.line - 1][place.column] == "c"
