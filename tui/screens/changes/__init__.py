"""Staged edits: what is staged, the review, the commit, and leaving with some of them."""
