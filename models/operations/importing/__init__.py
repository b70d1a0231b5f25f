"""Many users created and changed from a file: tried first, shown as a table, then done exactly so or not at all.

`plan_import` reads the rows and says what each would do; `apply_import` does it. Both work in sets, whatever the
number.
"""

from models.operations.importing.applying import ImportOutcome, apply_import, check_import_again
from models.operations.importing.planning import ImportPlan, ImportProgress, Stage, plan_import
from models.operations.importing.rows import FIELDS, ImportRow
from models.operations.importing.spool import PlannedRow, Spool, Verdict

__all__ = [
    "FIELDS",
    "ImportOutcome",
    "ImportPlan",
    "ImportProgress",
    "ImportRow",
    "PlannedRow",
    "Spool",
    "Stage",
    "Verdict",
    "apply_import",
    "check_import_again",
    "plan_import",
]
