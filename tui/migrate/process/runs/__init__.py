"""What a run does with its files, what it tries again, and what it writes down for whoever comes later."""
