"""Saved views: the list of them, their names and verbs."""
