"""Every write there is: compute a plan, let a person confirm it, apply it in one transaction.

Planners read and never write; each is one verb and lives with its family. All of them are
``async def plan_verb(actor, ..., *, reason="", ticket="") -> Plan``, and ``apply(plan) -> Outcome`` is the only door to
the database. A planner raises `TargetGone` when there is no such user.

The verbs are imported when one is first asked for: a start of the interface needs none, and waits for what it imports.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from models.operations.apply import apply, check_again
from models.operations.audit.recording import record
from models.operations.audit.reports import BadRow, ChainReport
from models.operations.audit.verify import verify_chain
from models.operations.audit.writing import AuditDraft, AuditOutcome, chain_hash
from models.operations.effective import Permissions, RoleSource, effective_permissions, superuser_exists
from models.operations.plan import (
    Action,
    Actor,
    ActorKind,
    Change,
    FieldConflict,
    FieldError,
    Json,
    Merged,
    Outcome,
    Plan,
    Refusal,
    RefusalCode,
    Secret,
    Status,
    Target,
)
from models.operations.presence import TargetGone
from models.operations.sign_in.answers import SignedIn, SignInCode, SignInRefused
from models.operations.sign_in.claims import Claims, claims_of_process, system_actor
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.session import resume, sign_out
from models.operations.text import field_label
from models.operations.values import EDITABLE

if TYPE_CHECKING:
    from models.operations.changesets.commit import apply_changeset, check_changeset, plan_changeset
    from models.operations.changesets.staged import StagedEdit
    from models.operations.changesets.values import ChangesetOutcome, ChangesetPlan
    from models.operations.create import plan_create, plan_create_first_superuser
    from models.operations.credentials.new_password import PasswordMethod
    from models.operations.credentials.own_password import plan_change_own_password
    from models.operations.credentials.redeem import redeem_reset
    from models.operations.credentials.reset import plan_reset
    from models.operations.credentials.reset_options import ResetOptions
    from models.operations.deletion.hard import plan_hard_delete
    from models.operations.deletion.restoration import plan_restore
    from models.operations.deletion.soft import plan_soft_delete
    from models.operations.edit import plan_edit
    from models.operations.lifecycle import plan_activate, plan_deactivate
    from models.operations.locks import plan_lock, plan_unlock
    from models.operations.mfa.codes import verify_code
    from models.operations.mfa.own import plan_confirm_factor, plan_enrol, plan_remove_own_factor
    from models.operations.mfa.reset import plan_reset_factors
    from models.operations.notes import plan_add_note, plan_delete_note, plan_pin
    from models.operations.rescue.superuser import plan_rescue
    from models.operations.roles.delete import plan_delete_role
    from models.operations.roles.edit import RoleEdit, plan_create_role, plan_edit_role
    from models.operations.roles.grant_end import plan_change_grant
    from models.operations.roles.grants import plan_grant, plan_revoke
    from models.operations.sessions import plan_end_session, plan_revoke_sessions
    from models.operations.undo import plan_undo
    from models.operations.views import (
        ViewContent,
        plan_change_view,
        plan_delete_view,
        plan_rename_view,
        plan_save_view,
        plan_share_view,
        plan_unshare_view,
    )

_HOMES = {
    "ChangesetOutcome": "changesets.values",
    "ChangesetPlan": "changesets.values",
    "PasswordMethod": "credentials.new_password",
    "ResetOptions": "credentials.reset_options",
    "RoleEdit": "roles.edit",
    "StagedEdit": "changesets.staged",
    "ViewContent": "views",
    "apply_changeset": "changesets.commit",
    "check_changeset": "changesets.commit",
    "plan_activate": "lifecycle",
    "plan_change_grant": "roles.grant_end",
    "plan_change_own_password": "credentials.own_password",
    "plan_change_view": "views",
    "plan_changeset": "changesets.commit",
    "plan_confirm_factor": "mfa.own",
    "plan_create": "create",
    "plan_create_first_superuser": "create",
    "plan_create_role": "roles.edit",
    "plan_deactivate": "lifecycle",
    "plan_delete_role": "roles.delete",
    "plan_delete_view": "views",
    "plan_edit": "edit",
    "plan_end_session": "sessions",
    "plan_edit_role": "roles.edit",
    "plan_enrol": "mfa.own",
    "plan_add_note": "notes",
    "plan_delete_note": "notes",
    "plan_grant": "roles.grants",
    "plan_pin": "notes",
    "plan_hard_delete": "deletion.hard",
    "plan_lock": "locks",
    "plan_remove_own_factor": "mfa.own",
    "plan_rename_view": "views",
    "plan_rescue": "rescue.superuser",
    "plan_reset": "credentials.reset",
    "plan_reset_factors": "mfa.reset",
    "plan_restore": "deletion.restoration",
    "plan_revoke": "roles.grants",
    "plan_revoke_sessions": "sessions",
    "plan_save_view": "views",
    "plan_share_view": "views",
    "plan_soft_delete": "deletion.soft",
    "plan_undo": "undo",
    "plan_unlock": "locks",
    "plan_unshare_view": "views",
    "redeem_reset": "credentials.redeem",
    "verify_code": "mfa.codes",
}

__all__ = [
    "EDITABLE",
    "Action",
    "Actor",
    "ActorKind",
    "AuditDraft",
    "AuditOutcome",
    "BadRow",
    "ChainReport",
    "Change",
    "ChangesetOutcome",
    "ChangesetPlan",
    "Claims",
    "FieldConflict",
    "FieldError",
    "Json",
    "Merged",
    "Outcome",
    "PasswordMethod",
    "Permissions",
    "Plan",
    "Refusal",
    "RefusalCode",
    "ResetOptions",
    "RoleEdit",
    "RoleSource",
    "Secret",
    "SignInCode",
    "SignInRefused",
    "SignedIn",
    "StagedEdit",
    "Status",
    "Target",
    "TargetGone",
    "ViewContent",
    "apply",
    "apply_changeset",
    "chain_hash",
    "check_again",
    "check_changeset",
    "claims_of_process",
    "effective_permissions",
    "field_label",
    "plan_activate",
    "plan_add_note",
    "plan_change_grant",
    "plan_change_own_password",
    "plan_change_view",
    "plan_changeset",
    "plan_confirm_factor",
    "plan_create",
    "plan_create_first_superuser",
    "plan_create_role",
    "plan_deactivate",
    "plan_delete_note",
    "plan_delete_role",
    "plan_delete_view",
    "plan_edit",
    "plan_edit_role",
    "plan_end_session",
    "plan_enrol",
    "plan_grant",
    "plan_hard_delete",
    "plan_lock",
    "plan_pin",
    "plan_remove_own_factor",
    "plan_rename_view",
    "plan_rescue",
    "plan_reset",
    "plan_reset_factors",
    "plan_restore",
    "plan_revoke",
    "plan_revoke_sessions",
    "plan_save_view",
    "plan_share_view",
    "plan_soft_delete",
    "plan_undo",
    "plan_unlock",
    "plan_unshare_view",
    "record",
    "redeem_reset",
    "resume",
    "sign_in",
    "sign_out",
    "superuser_exists",
    "system_actor",
    "verify_chain",
    "verify_code",
]


def __getattr__(name: str) -> Any:
    """A verb, imported now and kept (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
