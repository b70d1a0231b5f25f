"""What was run before: the log and the journals, what they say of each file, and what a run that was cut off left."""
