"""Tortoise engines that are safe in a program which cancels tasks: named in a Tortoise config by their module.

`models.engines.postgres` and `models.engines.sqlite` hold what the stock engines of Tortoise 1.1.9 do not: a deadline
on every await, no slot lost on any path, a COMMIT that cannot be cancelled half way, no write outside a transaction.
`models.engines.errors` holds the few errors that they raise. Nothing here knows the tables or the terminal.
"""
