"""A market place."""
