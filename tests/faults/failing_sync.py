"""A disk that takes what is written and fails to make it last: fsync answers EIO while a file of this name is there.

A small library that is put before the system's (`LD_PRELOAD`) of one child process; it is made with the C compiler.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_SOURCE: Final = """
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int sync_or_fail(long call, int fd) {
    const char *flag = getenv("FAILING_SYNC");
    if (flag && access(flag, F_OK) == 0) { errno = EIO; return -1; }
    return (int)syscall(call, fd);
}
int fsync(int fd) { return sync_or_fail(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_or_fail(SYS_fdatasync, fd); }
"""


def failing_sync(directory: Path) -> tuple[dict[str, str], Path]:
    """The environment of the child, and the file that makes its disk fail. Skips the test without a compiler."""
    made = make_failing_sync(directory)
    if made is None:
        pytest.skip("no C compiler (cc), or not Linux: a sync cannot be made to fail")
    return made


def make_failing_sync(directory: Path) -> tuple[dict[str, str], Path] | None:
    """The same; None where it cannot be made."""
    compiler = shutil.which("cc")
    if compiler is None or os.uname().sysname != "Linux":
        return None
    library, flag = directory / "sync.so", directory / "sync_fails"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)], input=_SOURCE, text=True, check=True
    )
    return {**os.environ, "LD_PRELOAD": str(library), "FAILING_SYNC": str(flag)}, flag
