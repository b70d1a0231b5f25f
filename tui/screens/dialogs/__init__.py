"""The dialogs that all areas share, one a file, each typed by what it answers."""
