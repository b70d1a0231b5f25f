"""One's own account: password, sessions, authenticators."""
