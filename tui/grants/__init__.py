"""The tiers of `models.permissions` as SQL for PostgreSQL: roles, grants, row security and triggers that make them real
at the server. Text only, but for `checking`, which compares a database with it. Needs no terminal, and no database to
print.
"""

from tui.grants.checking import differences
from tui.grants.choice import BadName, Choice, Tier
from tui.grants.revoking import revoke_script, revoke_statements
from tui.grants.script import script, statements

__all__ = ["BadName", "Choice", "Tier", "differences", "revoke_script", "revoke_statements", "script", "statements"]
