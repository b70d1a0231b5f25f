"""One verb on many users: which one, the preview, the run with its results."""
