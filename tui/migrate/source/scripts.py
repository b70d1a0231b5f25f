"""What a migration's source says: its two scripts, its transaction, and whether it is more than two constants. Pure.

Read with `ast`; nothing is executed and nothing of the file is imported.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui.migrate.source.literals import Literal, Place, Source

_BEGINS: Final = re.compile(r"\s*[A-Za-z]")
"""A script that begins with a word is not empty."""


class Unreadable(Exception):
    """Python would not import the file, or Aerich would find no upgrade in it."""

    def __init__(self, sentence: str, line: int | None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


@dataclass(frozen=True, slots=True)
class Script:
    """The SQL of one direction. `sql` is None where only running the function tells."""

    sql: str | None = ""
    is_program: bool = False
    """The function does more than return a constant."""
    line: int | None = None
    """Where the function begins; None when there is none."""
    literal: Literal | None = None
    source: Source | None = None

    is_empty: bool = field(init=False, compare=False)
    """Nothing would be run: no function, or a constant of blanks and comments."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_empty", self._is_empty())

    def _is_empty(self) -> bool:
        if self.is_program or self.sql is None or _BEGINS.match(self.sql):
            return False
        from tui.migrate.process.sql.statements import split  # here: hardly any file needs it to be listed

        return not split(self.sql, "sqlite")

    def place(self, offset: int) -> Place | None:
        """Where in the file the character of `sql` at `offset` stands."""
        if self.literal is None or self.source is None:
            return None
        return self.source.place(self.literal, offset)


@dataclass(frozen=True, slots=True)
class Module:
    """A migration as it reads."""

    up: Script
    down: Script
    transactional: bool
    dynamic: bool


def read_module(data: bytes) -> Module:
    """Takes the source apart. Raises `Unreadable`."""
    text = _decoded(data)
    tree = _tree(text)
    source = Source(text)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    rebound = _rebound(tree)
    functions = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name not in rebound and "*" not in rebound
    }
    # Whoever writes them as Aerich does needs no search for names that come in another way.
    names = set(functions) if {"upgrade", "downgrade"} <= set(functions) else _names(tree)
    if "upgrade" not in names:
        raise Unreadable("The file has no  async def upgrade(db).", None)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("upgrade", "downgrade"):
            raise Unreadable(f"{node.name} must be an  async def.", node.lineno)
    up = _script(functions.get("upgrade"), "upgrade" in names, constants, source)
    down = _script(functions.get("downgrade"), "downgrade" in names, constants, source)
    transactional, is_known = _transactional(tree)
    is_known = is_known and not rebound & {"RUN_IN_TRANSACTION", "*"}
    dynamic = up.is_program or down.is_program or not is_known or _acts_on_import(tree)
    return Module(up, down, transactional, dynamic)


def _decoded(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise Unreadable("The file is not text in the encoding that it declares (UTF-8 by default).", None) from None
    if "\x00" in text:
        raise Unreadable("The file holds a NUL character.", text[: text.index("\x00")].count("\n") + 1)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _tree(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # A backslash that Python does not know is the project's business, and its warning no terminal's.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(f"This is not Python: {error.msg}.", error.lineno) from None
    except (RecursionError, MemoryError):
        raise Unreadable("The file is nested too deeply to be read.", None) from None


def _names(tree: ast.Module) -> set[str]:
    """The names that importing the file defines, as far as the source shows them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(node.name)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(each.asname or each.name for each in names)
    return found


def _rebound(tree: ast.Module) -> set[str]:
    """The names that the top level gives a value in another way than Aerich does: a function of that name in the same
    file is then not what runs. "*" for an import of everything.
    """
    found: set[str] = set()
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="RUN_IN_TRANSACTION" | "MODELS_STATE")])
                | ast.AnnAssign(target=ast.Name(id="RUN_IN_TRANSACTION" | "MODELS_STATE"))
            ):
                continue
            case ast.Assign(targets=targets):
                found.update(name.id for each in targets for name in ast.walk(each) if isinstance(name, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(each.asname or each.name for each in names)
    return found


def _script(
    function: ast.AsyncFunctionDef | None, is_named: bool, constants: Mapping[str, ast.expr], source: Source
) -> Script:
    if function is None:
        # Imported or assigned: there is something, and only Python knows what.
        return Script(None, is_program=True) if is_named else Script()
    body = [node for node in function.body if not _is_idle(node)]
    returns: list[ast.Return] = [
        node for node in (body if _is_return(body) else ast.walk(function)) if isinstance(node, ast.Return)
    ]
    is_program = not _is_return(body) or bool(function.decorator_list)
    literal = None
    if len(returns) == 1 and body and returns[0] is body[-1] and returns[0].value is not None:
        value = returns[0].value
        if isinstance(value, ast.Name):
            value = constants.get(value.id, value)
        literal = source.literal(value)
    if literal is None:
        nothing = not body or (not is_program and returns[0].value is None)
        return Script("" if nothing else None, is_program or not nothing, function.lineno)
    return Script(literal.text, is_program, function.lineno, literal, source)


def _is_return(body: Sequence[ast.stmt]) -> bool:
    """Nothing but one `return`."""
    return len(body) == 1 and isinstance(body[0], ast.Return)


def _is_idle(node: ast.stmt) -> bool:
    """A docstring or `pass`."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _transactional(tree: ast.Module) -> tuple[bool, bool]:
    """RUN_IN_TRANSACTION, and whether reading is enough to know it. Aerich's default is True."""
    value, is_known = True, True
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="RUN_IN_TRANSACTION")], value=given):
                pass
            case ast.AnnAssign(target=ast.Name(id="RUN_IN_TRANSACTION"), value=ast.expr() as given):
                pass
            case _:
                continue
        is_known = isinstance(given, ast.Constant)
        value = bool(given.value) if isinstance(given, ast.Constant) else True
    return value, is_known


def _acts_on_import(tree: ast.Module) -> bool:
    """Whether importing the file alone runs something: a call, a loop, a condition at its top level."""
    return any(_acts(node) for node in tree.body)


def _acts(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return False
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return bool(node.decorator_list) or _calls(node.args.defaults)
        case ast.Assign() | ast.AnnAssign():
            return node.value is not None and _calls([node.value])
    return True


def _calls(values: Iterable[ast.expr]) -> bool:
    return any(isinstance(part, ast.Call | ast.Await) for value in values for part in ast.walk(value))
