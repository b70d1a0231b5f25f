"""A throw-away database full of people, for a first look and for benchmarks.

`fill` fills an empty one; `person` is who lives in it.
"""

from tui.demo.filling import PEOPLE, DemoSummary, NotEmptyError, fill
from tui.demo.people import Person, person

__all__ = ["PEOPLE", "DemoSummary", "NotEmptyError", "Person", "fill", "person"]
