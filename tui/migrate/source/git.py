"""Which branch and commit a checkout is at, from the files of `.git`. Starts no process: git runs hooks and aliases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST: Final = 8 * 1024 * 1024


def git_head(root: Path) -> str | None:
    """`main@4bde431`, `detached@4bde431`, or None where there is no repository or no commit."""
    try:
        found = _git_directory(root)
        if found is None:
            return None
        head = _read(found / "HEAD")
        if _HASH.fullmatch(head):
            return f"detached@{head[:7]}"
        reference = head.removeprefix("ref: ").strip()
        branch = reference.removeprefix("refs/heads/")
        commit = _commit(found, reference)
    except (OSError, ValueError):
        return None
    return f"{branch}@{commit[:7]}" if commit else None


def _git_directory(root: Path) -> Path | None:
    """`.git` of the nearest folder upwards; a worktree and a submodule have a file that names it."""
    for folder in (root, *root.parents):
        place = folder / ".git"
        if place.is_dir():
            return place
        if place.is_file():
            return (folder / _read(place).removeprefix("gitdir:").strip()).resolve()
    return None


def _commit(directory: Path, reference: str) -> str | None:
    """The commit of a branch: its own file, else a line of packed-refs. A worktree's are with the main checkout."""
    if not reference.startswith("refs/") or ".." in reference.split("/"):
        return None
    common = directory
    if (directory / "commondir").is_file():
        common = (directory / _read(directory / "commondir")).resolve()
    for place in (directory, common):
        loose = place / reference
        if loose.is_file() and _HASH.fullmatch(commit := _read(loose)):
            return commit
    packed = common / "packed-refs"
    if packed.is_file():
        for line in _read(packed).splitlines():
            commit, _, name = line.partition(" ")
            if name == reference and _HASH.fullmatch(commit):
                return commit
    return None


def _read(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_LONGEST).strip()
