"""`migrate` and its verbs."""
