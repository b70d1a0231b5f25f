"""Real operations of several processes while everything goes wrong, and the invariant at the end.

    python -m tests.faults.soak --dialect sqlite|postgres --seconds N --seed S [--writers K]

What each writer does and which fault comes next is drawn from the seed; when they meet is up to the machine.
"""
