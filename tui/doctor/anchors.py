"""Whether the anchors of the audit can be kept: their file, and the triggers that keep the trail append-only."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from models.operations.audit.anchors import Place
from tui.doctor.check import Check, failed, ok, warning


def check_anchors(place: Place) -> Iterator[Check]:
    """Look at the file of the anchors, which need not be there yet, and at the journal."""
    journal = " and the journal" if place.journal else ""
    path = place.path
    if path is None:
        if place.journal:
            yield ok("anchors", "The anchors of the audit go to the journal.")
        else:
            yield failed(
                "anchors", "No anchor of the audit is kept: a cut tail would not be noticed.", "set audit_anchors"
            )
        return
    try:
        found = path.lstat()
    except FileNotFoundError:
        yield _to_be_made(path, journal)
        return
    except OSError as error:
        yield failed("anchors", f"{path} cannot be looked at ({error.strerror}).", "set audit_anchors to another file")
        return
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode):
        yield failed("anchors", f"{path} is not a plain file: no anchor is written there.", f"rm {path}")
    elif mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield failed("anchors", f"Others can write {path} (mode {mode:04o}): it proves nothing.", f"chmod 600 {path}")
    elif not os.access(path, os.W_OK):
        yield failed("anchors", f"{path} cannot be written: no anchor is kept.", f"chmod u+w {path}")
    else:
        yield ok("anchors", f"The anchors of the audit go to {path}{journal}.")


def _to_be_made(path: Path, journal: str) -> Check:
    """A file that is not there is made with the first anchor, where its folder lets it."""
    there = next((folder for folder in path.parents if folder.exists()), path.parent)
    if os.access(there, os.W_OK | os.X_OK):
        return ok("anchors", f"The anchors of the audit will go to {path}{journal}.")
    return failed(
        "anchors", f"{there} takes no new file: no anchor is kept.", "set audit_anchors to a file you may write"
    )


def check_triggers(lacking: list[str]) -> Check:
    """Whether the database refuses changes of the audit."""
    if not lacking:
        return ok("append-only", "The database refuses changes of the audit.")
    said = f"Nothing refuses {', '.join(lacking)}: triggers are not there, or off."
    return warning("append-only", said, "shellback audit verify, and ask who took them away")
