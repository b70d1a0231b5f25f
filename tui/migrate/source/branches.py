"""Which branches of a checkout hold files that are missing in it. Asks `git`, if it is installed, and nobody else.

A checkout may be hostile: its own configuration names programs that git runs. So only commands that read objects are
used, nothing may be fetched, what a configuration could start is switched off, and git's own refusal of other people's
checkouts (safe.directory) stands. Call it off the event loop: it takes up to SECONDS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from tui.migrate.wording import listed
from tui.settings.children import environment_of_children

SECONDS: Final = 4.0
"""For all questions together."""
BRANCHES: Final = 500
"""Branches that are searched, those with the newest commits first."""
FILES: Final = 50
"""Missing files that are searched for."""
NAMED: Final = 3
"""Branches that a sentence names."""

_OPTIONS: Final = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor="),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.sshCommand=false"),
    *("-c", "core.alternateRefsCommand=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.bareRepository=explicit"),
)


@dataclass(frozen=True, slots=True)
class Branches:
    """`holding` has the branches of each missing file, those with the newest commits first. Names are as git has
    them: not safe to show before `sanitise`. `trouble` is why nothing was searched, in a sentence."""

    holding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trouble: str = ""

    def sentence(self, version: str) -> str:
        """Where a missing file is, or that no branch here has it, or why that is not known."""
        if self.trouble:
            return self.trouble
        names = self.holding.get(version, ())
        if not names:
            return "No branch here holds it: fetch, or ask who applied it."
        return f"{some(names)} {'holds' if len(names) == 1 else 'hold'} it."

    def sentences(self, versions: Sequence[str]) -> list[str]:
        """Where several missing files are: one sentence where a branch has them all, else one for each."""
        all_of_them = [
            name for name in self.holding.get(versions[0], ()) if all(name in self.holding.get(v, ()) for v in versions)
        ]
        if self.trouble or len(versions) == 1:
            return [self.sentence(versions[0])]
        if all_of_them:
            return [f"{some(all_of_them)} {'holds' if len(all_of_them) == 1 else 'hold'} all of them."]
        return [f"{version}: {self.sentence(version)}" for version in versions]


def some(names: Sequence[str]) -> str:
    """`main`, `main and origin/main`, `a, b, c and 2 more`."""
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return listed([*names[:NAMED], *more], "and")


def find_branches(folder: Path, versions: Sequence[str]) -> Branches:
    """Searches local and remote-tracking branches for files of these names in `folder`. Never raises."""
    program = _git()
    if program is None:
        return Branches(trouble="Which branches hold it is not known: git is not installed.")
    until = monotonic() + SECONDS
    try:
        names = _names(program, folder, until)
        return Branches(_holding(program, folder, names, [each for each in versions if _is_name(each)][:FILES], until))
    except subprocess.TimeoutExpired:
        return Branches(trouble=f"Which branches hold it is not known: git did not answer within {SECONDS:.0f} s.")
    except subprocess.CalledProcessError as error:
        return Branches(trouble=_refusal(error.stderr))
    except OSError:
        return Branches(trouble="Which branches hold it is not known: git could not be started.")


def _names(program: str, folder: Path, until: float) -> list[tuple[str, str]]:
    """(full name, name to show) of each branch; `origin/HEAD` only points to another one."""
    told = _ask(
        program,
        folder,
        until,
        "for-each-ref",
        "--sort=-committerdate",
        f"--count={BRANCHES}",
        "--format=%(refname)%00%(refname:lstrip=2)%00%(symref)",
        "refs/heads",
        "refs/remotes",
    )
    rows = [line.split("\0") for line in told.splitlines()]
    return [(row[0], row[1]) for row in rows if len(row) == 3 and not row[2]]


def _holding(
    program: str, folder: Path, names: Sequence[tuple[str, str]], versions: Sequence[str], until: float
) -> dict[str, tuple[str, ...]]:
    """By the folder's tree in each branch, which many branches share: a clone may be without the files' contents."""
    if not (names and versions):
        return {}
    asked = "".join(f"{full}:./\n" for full, _ in names)
    told = _ask(program, folder, until, "cat-file", "--batch-check=%(objecttype) %(objectname)", given=asked)
    inside: dict[str, frozenset[str]] = {}
    found: dict[str, tuple[str, ...]] = {}
    for (_, short), answer in zip(names, told.splitlines(), strict=False):
        kind, _, tree = answer.partition(" ")
        if kind != "tree":
            continue
        if tree not in inside:
            files = _ask(program, folder, until, "ls-tree", "--full-tree", "--name-only", "-z", tree)
            inside[tree] = frozenset(files.split("\0"))
        for version in versions:
            if version in inside[tree]:
                found[version] = (*found.get(version, ()), short)
    return found


def _ask(program: str, folder: Path, until: float, *words: str, given: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - git itself, by its path; no shell, and names only on its input
        [program, *_OPTIONS, *words],
        cwd=folder,
        env=_environment(),
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=max(until - monotonic(), 0.01),
        check=True,
        start_new_session=True,
    )
    return done.stdout


def _environment() -> dict[str, str]:
    """Without what redirects git (GIT_DIR and its kin), and with nothing that it may fetch from."""
    kept = {name: value for name, value in environment_of_children().items() if not name.startswith("GIT_")}
    return kept | {
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _git() -> str | None:
    """The program, from the absolute folders of PATH: a relative one would be a folder of the project."""
    folders = [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(each).is_absolute()]
    return shutil.which("git", path=os.pathsep.join(folders))


def _is_name(version: str) -> bool:
    """Whether a row's version can be the name of a file, and one line of a question."""
    return "/" not in version and version.isprintable() and version not in ("", ".", "..")


def _refusal(said: str) -> str:
    if "dubious ownership" in said:
        return "Which branches hold it is not known: the checkout belongs to somebody else, and git does not read it."
    if "not a git repository" in said:
        return "Which branches hold it is not known: this is no git checkout."
    return "Which branches hold it is not known: git could not read the checkout."
