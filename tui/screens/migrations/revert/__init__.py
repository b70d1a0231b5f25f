"""What is taken back, and what is lost with it."""
