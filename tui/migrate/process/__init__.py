"""The worker process: imports a project's code, speaks to its database, and tells what happens as JSON lines.

Started by the path of `main.py`, never with `-m`: the project may have packages called `models`, `tui` or `migrations`
of its own, and those are the ones it must find. So the modules here import each other relatively, and otherwise only
the standard library, Tortoise, Aerich, and the drivers. Nothing of `tui` or `models`.

    main, job, work     from the order to the last event
    jobs                what can be asked for, a module each
    sessions            the connections of a job
    runs                files run, retried, and written down
    rehearsal           the dry run's stage and its instruments
    catalogues, sizing  what a database is made of, and how much there is of it
    sql                 what a statement is and does: pure, and read from outside too
    making              a migration drafted of what changed in the models
"""
