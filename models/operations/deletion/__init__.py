"""Deleting a user: so that it can be restored, or for good with what depends on it; and restoring."""
