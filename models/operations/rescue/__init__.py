"""Rescue: a superuser again when nobody can sign in any more, on the database's own host only."""
