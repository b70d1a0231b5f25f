"""A list of migrations whose MISSING rows say which branches of the checkout hold their files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.migrate.source.branches import Branches, find_branches
from tui.migrate.states import Listing, State

if TYPE_CHECKING:
    from tui.migrate.source.project import Project


def searched(project: Project, listing: Listing) -> tuple[Listing, Branches | None]:
    """The listing, and what was found; None where nothing is missing, and then git was not asked.

    Takes up to `branches.SECONDS`: call it off the event loop.
    """
    missing = [entry.version for entry in listing.entries if entry.state is State.MISSING]
    if not missing:
        return listing, None
    found = find_branches(project.folder, missing)
    return with_branches(listing, found), found


def with_branches(listing: Listing, found: Branches) -> Listing:
    """The listing whose MISSING rows say where their files are."""
    return replace(
        listing,
        ahead_in=tuple(found.sentences(listing.ahead)) if listing.ahead else (),
        entries=tuple(
            replace(each, note=f"{each.note} {found.sentence(each.version)}") if each.state is State.MISSING else each
            for each in listing.entries
        ),
        problems=tuple(
            replace(each, sentence=f"{each.sentence} {found.sentence(each.version)}")
            if each.state is State.MISSING
            else each
            for each in listing.problems
        ),
    )
