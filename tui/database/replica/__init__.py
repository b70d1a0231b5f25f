"""A streaming replica beside the database: which lists may be read from it, and how old what it shows is.

`Reads` is the value that a list is given, and the one place where the choice is made. Everything else speaks to the
primary: permissions, plans, what stands before a change, locks, sign-in, settlement, the check of the audit's chain.
"""
