"""Where models, files and database differ."""
