"""The list of users: the screen, what it lists, how it searches, marks and moves."""
