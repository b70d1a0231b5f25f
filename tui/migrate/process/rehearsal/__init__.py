"""A dry run inside the worker: the stage that is taken down, and the clients that measure each statement on it."""
