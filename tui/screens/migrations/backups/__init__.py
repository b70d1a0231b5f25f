"""The copies of an SQLite database."""
