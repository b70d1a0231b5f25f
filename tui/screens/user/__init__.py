"""One user: the page, and every verb on one account."""
