"""Which keys the footer of the list names: those for what is to be done next. All others are in the help. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.migrate.listing import Look


def hints_of(found: Look | None) -> tuple[str, ...]:
    """Return their ids, most wanted first."""
    if found is None:
        return ("list.refresh", "app.back")
    first = ("migrations.recover",) if found.unfinished else ()
    other = ("migrations.other_app",) if len(found.project.apps) > 1 else ()
    if found.needs_consent or not found.listing.is_known:
        return (*first, "list.open", "list.refresh", "migrations.lint", *other, "migrations.edit")
    if found.listing.pending and not found.listing.ahead:
        applying = ("apply_next", "apply_all", "dry_run", "lint")
        return (*first, "list.open", *(f"migrations.{action}" for action in applying), *other, "migrations.apply_to")
    looking = ("revert", "drift", "history", "make")
    # Only of SQLite there are copies beside the database.
    backups = ("migrations.backups",) if found.dialect == "sqlite" else ()
    return (*first, "list.open", *(f"migrations.{action}" for action in looking), *other, *backups)
