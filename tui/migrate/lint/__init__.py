"""What is wrong with migrations, or would make somebody wait, told from their text before anything is run.

    report = await lint_look(look, database=database)         what is pending, with sizes
    report = lint_files(files, "postgres", every=all_files)   by the text alone, in a thread
    report.has_errors, report.worst, report.by_version["12_key.py"]

PostgreSQL's general rules are squawk's; our own add what it cannot know. Nothing of the project is executed.
"""

from tui.migrate.lint.asking import NOT_ASKED, Wanted, lint_look, lint_project, wanted_of
from tui.migrate.lint.hits import Hit, Report, Severity
from tui.migrate.lint.known import Known
from tui.migrate.lint.linting import lint_files

__all__ = [
    "NOT_ASKED",
    "Hit",
    "Known",
    "Report",
    "Severity",
    "Wanted",
    "lint_files",
    "lint_look",
    "lint_project",
    "wanted_of",
]
