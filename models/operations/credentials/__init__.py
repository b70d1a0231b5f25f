"""What opens an account: a password reset, given by a link, changed by its own owner."""
