"""What a statement is and does, told from its text. Pure: no connection, nothing is run."""
