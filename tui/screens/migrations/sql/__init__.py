"""The SQL of a migration: beside the list, whole, in an editor, as a file."""
