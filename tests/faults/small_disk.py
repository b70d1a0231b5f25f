"""A real file system that is soon full: a tmpfs of some megabytes, mounted as root or by `sudo` without a password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Its directory, which everybody may write to. Skips the test where nothing may be mounted."""
    directory = Path(tempfile.mkdtemp(prefix="shellback-disk-", dir="/tmp"))
    how = ("-t", "tmpfs", "-o", f"size={megabytes}m,mode=1777", "shellback", str(directory))
    try:
        if not _as_root("mount", *how):
            pytest.skip("no small file system can be mounted here (neither root nor sudo without a password)")
        try:
            yield directory
        finally:
            _as_root("umount", "--lazy", str(directory))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def remount(directory: Path, how: str) -> None:
    """Makes the file system read-only (`ro`), as long as nobody writes to it, or writable again (`rw`)."""
    assert _as_root("mount", "-o", f"remount,{how}", str(directory))


def _as_root(*command: str) -> bool:
    """Whether the command was run and did what it should."""
    sudo = () if os.geteuid() == 0 else ("sudo", "-n")
    if shutil.which((*sudo, *command)[0]) is None:
        return False
    return subprocess.run([*sudo, *command], check=False, capture_output=True).returncode == 0
