"""Who did what: append-only, written in the transaction of the change it records, and chained.

Triggers of the migrations refuse UPDATE and DELETE, but of rows that an archive holds. How a row is written and hashed
is in `models.operations.audit.writing`.
"""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import created_moment

LABEL_LENGTH = 100


class AuditEvent(Model):
    """One fact. `changes` is `{field: [before, after]}`, redacted; `claimed_*` is what the client says of itself.

    `actor_id` and `target_id` are plain numbers: the history of a user outlives the user.
    `actor_kind` is tui, cli, api or system; `outcome` is ok, denied, conflict, error or unknown.
    """

    id = fields.BigIntField(primary_key=True)
    op_id = fields.UUIDField()
    at = created_moment()
    actor_id = fields.IntField(null=True)
    actor_label = fields.CharField(max_length=LABEL_LENGTH)
    actor_kind = fields.CharField(max_length=10)
    claimed_os_user = fields.CharField(max_length=LABEL_LENGTH, null=True)
    claimed_host = fields.CharField(max_length=255, null=True)
    claimed_ssh_client = fields.CharField(max_length=100, null=True)
    db_user = fields.CharField(max_length=LABEL_LENGTH, null=True)
    action = fields.CharField(max_length=50)
    target_type = fields.CharField(max_length=20)
    target_id = fields.BigIntField(null=True)
    target_label = fields.CharField(max_length=LABEL_LENGTH, default="", db_default="")
    batch_id = fields.UUIDField(null=True)
    outcome = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=500, null=True)
    ticket = fields.CharField(max_length=100, null=True)
    changes: Any = fields.JSONField(null=True)
    version_before = fields.IntField(null=True)
    version_after = fields.IntField(null=True)
    undo_of = fields.UUIDField(null=True)
    meta: Any = fields.JSONField(null=True)
    seq = fields.BigIntField(unique=True)
    prev_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit_events"
        unique_together = (("op_id", "target_type", "target_id"),)
        indexes = (
            Index(fields=("target_type", "target_id", "id")),
            Index(fields=("actor_id", "id")),
            Index(fields=("batch_id",)),
            Index(fields=("at", "id")),
            Index(fields=("action", "id")),
        )


class AuditArchive(Model):
    """The oldest rows of the trail, moved into a file. The chain goes on from `last_hash`. Append-only too.

    What is named here may be deleted from `audit_events`, and nothing else: the trigger asks for the last `last_seq`.
    """

    id = fields.IntField(primary_key=True)
    first_seq = fields.BigIntField()
    last_seq = fields.BigIntField(unique=True)
    last_hash = fields.CharField(max_length=64)
    rows = fields.BigIntField()
    file_name = fields.CharField(max_length=255)
    file_sha256 = fields.CharField(max_length=64)
    made_at = created_moment()
    actor_label = fields.CharField(max_length=LABEL_LENGTH)

    class Meta:
        table = "audit_archives"
