"""Files of users: export and import on the screen."""
