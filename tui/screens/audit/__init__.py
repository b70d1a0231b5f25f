"""The audit: the list of events, and one of them."""
