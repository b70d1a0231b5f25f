"""The trigger that says for which password a link works, where whoever makes it may not know.

A fingerprint of the stored hash that could be asked for, or given and tried, would tell a right guess from a wrong one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.grants.functions import of_any_tier
from tui.grants.quoting import ident
from tui.grants.triggers import head

if TYPE_CHECKING:
    from tui.grants.choice import Choice

MARK: Final = "shellback_mark_link"
"""`models.operations.sign_in.stored_secrets` knows it too."""


def mark_link(choice: Choice) -> str:
    """The statement that makes its function: as `models.operations.sign_in.stored_secrets.fingerprint`."""
    s = ident(choice.schema)
    return f"""
{head(s, MARK)} $$
BEGIN
  IF {of_any_tier(choice)} THEN
    NEW.password_fingerprint := coalesce((SELECT encode(sha256(convert_to(u.hashed_password, 'UTF8')), 'hex')
      FROM {s}.users u WHERE u.id = NEW.user_id), '');
  END IF;
  RETURN NEW;
END
$$;"""
