"""How benchmarks print: a table of aligned columns, on what they were run, what they are at."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The title, then the rows under their header; the first column left, the others right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [title, ""]
    for row in [header, *rows]:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        lines.append("  " + "   ".join(cells).rstrip())
    return "\n".join(lines)


def machine() -> str:
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    today = datetime.now(UTC).date()
    return (
        f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {today}, load {os.getloadavg()[0]:.1f}"
    )


def spaced(number: float) -> str:
    """`1 204 551`."""
    return f"{number:,.0f}".replace(",", " ")


def milliseconds(seconds: float) -> str:
    """`3.1 ms`, `41 ms`."""
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


def ratio(value: float, baseline: float) -> str:
    """`x1.14`."""
    return f"x{value / baseline:.2f}"


def verdict(value: float, aim: float) -> str:
    """`met` or `MISSED`."""
    return "met" if value <= aim else "MISSED"


def say(what: str) -> None:
    """Shows a person at the terminal what is measured right now."""
    if sys.stderr.isatty():
        print(f"\r{what:<60}", end="", file=sys.stderr, flush=True)
