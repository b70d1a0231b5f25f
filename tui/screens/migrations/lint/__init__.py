"""The lint: behind the list, and as a page of its own."""
