"""Making a migration of what changed in the models: drafted, asked about, tried on a scratch database, written.

making = await begin(project)                        what changed, and what might be a rename
making = await tried(making, version_of(making, name))   the file, run up, down and up again
await asyncio.to_thread(write_all, making)           the file, never over another

Aerich compares and writes down the models' state; the project's Python runs in the worker process only.
"""
