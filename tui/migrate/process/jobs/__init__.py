"""What a worker process can be asked to do: one module a job, named as the order names it.

Each has `async def run(work) -> dict`, which becomes the last event. `NEEDS_DATABASE = False`: it opens none.
"""
