"""One user: the whole page, what was done to the account and how often it signed in."""
