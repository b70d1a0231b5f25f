"""The measured dry run: started, as values, and in words."""
