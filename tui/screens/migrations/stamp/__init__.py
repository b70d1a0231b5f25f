"""Files recorded as applied without being run, or forgotten."""
