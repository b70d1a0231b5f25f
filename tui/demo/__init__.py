"""A throw-away database full of people, for a first look and for benchmarks."""
