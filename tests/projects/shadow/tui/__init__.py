"""A project's own package `tui`."""

NAME = "Endurance of the project's own tui"
