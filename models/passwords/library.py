"""Which hashing library is installed.

`libpass` is the maintained release of `passlib` and installs the same package: with both, whichever came last has
overwritten half of the other; with passlib 1.7.4 alone no bcrypt hash can be verified under bcrypt 5.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def library_problem(path: Sequence[str] | None = None) -> str | None:
    """The sentence to stop with at the start, or None where all is well.

    `path` is where to look for installed packages, `sys.path` by default.
    """
    from importlib.metadata import distributions  # costs 10 ms, and is asked for once

    where = sys.path if path is None else list(path)
    libpass, passlib = (any(distributions(name=name, path=where)) for name in ("libpass", "passlib"))
    if libpass and passlib:
        return "Both passlib and libpass are installed, and overwrite each other. Uninstall both, then install libpass."
    if passlib:
        return "passlib is installed, and cannot verify bcrypt hashes with today's bcrypt. Replace it by libpass."
    if not libpass:
        return "No password library is installed. Install libpass[argon2,bcrypt]."
    return None
