"""Running a plan: the question before it, the run live, whose session is in the way, how it ended."""
