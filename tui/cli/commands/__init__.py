"""What the commands do, one file a family. Each function takes what was parsed and returns its exit code."""
