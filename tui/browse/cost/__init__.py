"""What a search costs, said before it runs: the indexes there are, the planner's estimates, a sentence."""
