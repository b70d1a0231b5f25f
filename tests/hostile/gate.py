"""Shellback with a witness at the last gate before the wire: every text that the filter of lines had to change is
written down, for then it had not been made visible where it came from.

    python -m tests.hostile.gate FILE [arguments of shellback]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.e2e.terminal import Terminal
from tui.terminal import line_filter


def watched(log: Path, *argv: str, environment: dict[str, str], columns: int = 160, rows: int = 50) -> Terminal:
    """The program in a terminal of this size; what its last gate changed is appended to `log`, a line each."""
    return Terminal.python(
        "-m", "tests.hostile.gate", str(log), *argv, environment=environment, columns=columns, rows=rows
    )


def slipped(log: Path) -> list[str]:
    """What the last gate had to change, in ASCII; empty as it should be."""
    return sorted({*log.read_text(encoding="ascii").splitlines()}) if log.exists() else []


def main() -> None:
    """Runs the program."""
    log, inert = Path(sys.argv.pop(1)), line_filter._inert

    def witness(text: str) -> str:
        passed = inert(text)
        if passed != text:
            with log.open("a", encoding="ascii") as file:
                file.write(ascii(text) + "\n")
        return passed

    line_filter._inert = witness
    from tui.__main__ import main as shellback

    sys.exit(shellback())


if __name__ == "__main__":
    main()
