"""Changesets: the edits of many users, staged, reviewed together and written in one transaction, all or nothing."""
