"""What would be done to which files, exactly, and why not. A plan is a value; making one executes nothing."""
