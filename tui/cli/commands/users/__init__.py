"""`users` and its verbs."""
