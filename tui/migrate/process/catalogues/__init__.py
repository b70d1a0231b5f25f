"""What a database is made of, as values, and the scratch schemas that say what it should be made of."""
