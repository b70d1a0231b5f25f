"""Edits that wait for a common commit, kept on this machine for one person on one database. Writes to no database."""

from tui.staging.store import Kept, Shelf, StagingError, change, forget_database, load, shelf_for

__all__ = ["Kept", "Shelf", "StagingError", "change", "forget_database", "load", "shelf_for"]
