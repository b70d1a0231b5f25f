"""The language of the search box, as values: what is typed, what it means in words, what may follow. No SQL."""
