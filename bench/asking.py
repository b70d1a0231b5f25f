"""What benchmarks of the filled databases are asked on their command line, and one process for each dialect."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench.table import machine

DIALECTS = ("sqlite", "postgres")


def parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """Return a parser of `--data` and `--dialect` for `python -m bench.NAME`."""
    made = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=about)
    made.add_argument("--data", type=Path, required=True, metavar="DIR", help="where bench.fill put the databases")
    made.add_argument("--dialect", choices=(*DIALECTS, "both"), default="both")
    return made


def asked_for_both(name: str, asked: argparse.Namespace) -> bool:
    """Run the benchmark once for each dialect if it was asked for both: the models of one process speak one."""
    if asked.dialect != "both":
        return False
    print(machine())
    for dialect in DIALECTS:
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:], "--dialect", dialect], check=True)
    return True
