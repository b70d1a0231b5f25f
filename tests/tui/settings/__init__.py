"""What the user settled beforehand: what is taken, in which order, and what each mistake is told as."""
