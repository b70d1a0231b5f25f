"""Drift: models against files against database.

    report = await find_drift(project)
    report.drift, report.benign, report.sentence

The worker builds the models' schema and replays the files apart from the application (`process.catalogues.scratch`),
and reads three catalogues; `compare` holds them against each other, fact by fact. Nothing in the database is changed.
"""

from tui.migrate.drift.comparing import find_drift
from tui.migrate.drift.report import Difference, DriftReport

__all__ = ["Difference", "DriftReport", "find_drift"]
