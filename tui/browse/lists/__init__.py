"""The list of users: its orders, its pages by key range, and where in the whole of it a row stands."""
