"""What is pending, tried, measured and taken back."""
