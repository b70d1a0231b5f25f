"""What is well and what is not, of this installation and the database it speaks to: each finding with what to do.

Nothing here writes, and nothing needs a session. A database that does not answer is one finding among the others.
"""

from tui.doctor.check import Check, State, worst

__all__ = ["Check", "State", "worst"]
