"""A project as it lies on the disk: its configuration, its files, its git. Read as text, nothing is executed."""
