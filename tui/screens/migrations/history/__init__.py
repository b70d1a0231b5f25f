"""What was run on a database, and what changed in a file since."""
