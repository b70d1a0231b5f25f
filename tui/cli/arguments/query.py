"""The query of commands that work on some of the users: the language of the search box, in short."""

from __future__ import annotations

import argparse

QUERY_HELP = """\
QUERY is what the search box of the interface takes; terms are joined by AND (the whole language: docs/query.md):
  ali                 username or e-mail begins with ali; 4711: so, or the id is 4711
  "ali"   *ali*       is exactly ali; contains ali (3 letters at least; may scan the table)
  username: email: name:     the same in one field:  name:"Ali Mo"  email:*@example*
  id:                 id:4711  id:>=100  id:100..200
  created: updated: login: failed: locked: expires: deactivated: deleted: password-changed: password-expires:
                      created:2026-01-31  login:>=2026-01  login:<90d (less than 90 days ago)  login:none
  is:locked           active, inactive, expired, deleted, superuser, verified, mustchange, password-expired,
                      never-logged-in, look-alike
  role:support        holds the role;  has:role, session, email, mfa or password: one or more
  -is:locked          not; goes before any term
"""


def add_query(parser: argparse.ArgumentParser, purpose: str) -> None:
    """The query as an argument or as `--query`, in `args.query`; empty when neither is there."""
    group = parser.add_mutually_exclusive_group()
    # Suppressed, so that an argument that is not there does not undo the option.
    group.add_argument("query", nargs="?", default=argparse.SUPPRESS, metavar="QUERY", help=purpose)
    group.add_argument("--query", default="", metavar="QUERY", help="the same; a - at its start: --query=-is:locked")
