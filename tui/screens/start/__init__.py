"""From the first paint to the first area: opening, signing in, first start, the lock."""
