"""Actions that every entity has. State changes of one app are in <app>/actions.py."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.dates import today
from core.rules import RuleError


@transaction.atomic
def deactivate(*, record: Any, by: Any, reason: str) -> str:
    """停用: the record no longer counts and is kept with the reason. Nothing is deleted.

    The caller has checked the permission and holds the record's lock. Raises RuleError when
    it is already out of use.
    """
    if record.ended_on is not None:
        raise RuleError("ENDED", "这条记录已经停用。")
    record.ended_on = today()
    record.end_reason = reason
    record.version += 1
    record.save(update_fields=["ended_on", "end_reason", "version", "updated_at"])
    return f"已停用「{record}」。"


@transaction.atomic
def reactivate(*, record: Any, by: Any, reason: str) -> str:
    """恢复使用: undo 停用. Raises ValidationError where another record took its place."""
    if record.ended_on is None:
        raise RuleError("ENDED", "这条记录没有停用。")
    record.ended_on = None
    record.end_reason = ""
    record.version += 1
    record.validate_constraints()
    record.save(update_fields=["ended_on", "end_reason", "version", "updated_at"])
    return f"已恢复使用「{record}」。"
