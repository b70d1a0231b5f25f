"""Migrations: the list, the SQL, consent, applying live."""
