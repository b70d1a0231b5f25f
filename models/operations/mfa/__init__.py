"""Second factors: enrol one's own, remove it, reset somebody else's, and verify a code where it counts.

Secrets are sealed by `models.mfa_secrets`; what a code is, is in `models.totp`.
"""

from models.operations.mfa.codes import CodeVerdict, Examined, examine_code, judge_code, verify_code
from models.operations.mfa.factors import FactorRow, factors_of_user
from models.operations.mfa.own import plan_confirm_factor, plan_enrol, plan_remove_own_factor
from models.operations.mfa.reset import plan_reset_factors

__all__ = [
    "CodeVerdict",
    "Examined",
    "FactorRow",
    "examine_code",
    "factors_of_user",
    "judge_code",
    "plan_confirm_factor",
    "plan_enrol",
    "plan_remove_own_factor",
    "plan_reset_factors",
    "verify_code",
]
