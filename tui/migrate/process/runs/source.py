"""A migration's source as the log keeps it: without the value of MODELS_STATE, which is long and says nothing. Pure."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
import warnings


def decoded(data: bytes) -> str:
    """The text of a Python file in its own encoding; what cannot be decoded is replaced."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        text = data.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def without_state(text: str) -> str:
    """The source with the value of each MODELS_STATE replaced by its SHA-256, so that a change of it still shows.

    A source that is not Python stays as it is.
    """
    if "MODELS_STATE" not in text:
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    lines = text.encode().split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    data = text.encode()
    for node in reversed(tree.body):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "MODELS_STATE" for target in node.targets
        ):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            value = _value(node.value)
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            digest = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
            data = data[:begin] + f'MODELS_STATE = "sha256:{digest}"'.encode() + data[end:]
    return data.decode()


def _value(node: ast.expr) -> str:
    """What the state is, however it is written over lines."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.dump(node)
