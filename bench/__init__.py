"""What docs/benchmarks.md reports: one command each, ratios against a baseline of the same run."""
