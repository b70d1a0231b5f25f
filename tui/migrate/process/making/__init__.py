"""What a migration is made of: the questions, the statements up and down, and a scratch database to try them on."""
