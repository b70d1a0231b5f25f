"""The worker process: imports a project's code, speaks to its database, and tells what happens as JSON lines.

Started by the path of `main.py`, never with `-m`: the project may have packages called `models`, `tui` or `migrations`
of its own, and those are the ones it must find. So the modules here import each other relatively, and otherwise only
the standard library, Tortoise, Aerich, and the drivers. Nothing of `tui` or `models`.
"""
