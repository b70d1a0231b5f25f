"""The tiers of `models.permissions` as SQL for PostgreSQL: roles, grants, row security and triggers that make them real
at the server. Text only, but for `checking`, which compares a database with it. Needs no terminal and no database to
print.
"""

from tui.grants.choice import Choice, Tier
from tui.grants.script import script, statements

__all__ = ["Choice", "Tier", "script", "statements"]
