"""What every action of the registry does first: who may, in whose area, one at a time.

Actions are functions of <app>/actions with keyword arguments and `by=`. They check permission
and scope themselves, because forms, the API, jobs and commands all call them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import PermissionDenied

from core.rules import RuleError
from core.scoping import OutOfScope, ScopedModel

if TYPE_CHECKING:
    from core.accounts.models import User

R = TypeVar("R", bound=ScopedModel)

FORBIDDEN = "您的角色不能办理这件事，请联系本级审核员。"
ELSEWHERE = "这条记录不在您的辖区，不能办理。"


def require(by: User, permission: str) -> None:
    """Raise PermissionDenied unless the role carries the permission."""
    if not by.has_perm(permission):
        raise PermissionDenied(FORBIDDEN)


def claim(record: R, by: User, permission: str) -> R:
    """The record read again under a lock, checked for permission and scope.

    Raises PermissionDenied or OutOfScope. Call inside the action's transaction; whoever comes
    second waits here and then sees what the first one did.
    """
    require(by, permission)
    rows = type(record).objects.for_user(by)
    current = rows.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if current is None:
        raise OutOfScope(ELSEWHERE)
    return cast("R", current)


def locked(record: R) -> R:
    """The record read again under a lock, for what an action does on behalf of the rules."""
    return type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)


def require_open(record: Any) -> None:
    """Raise RuleError when the record was deactivated or ended before."""
    if record.ended_on is not None:
        raise RuleError("STATE", "这条记录已经停用或结束，不能再办理。")


def touch(record: Any, *fields: str) -> None:
    """Save some fields of a record and raise its version, so that older forms notice."""
    record.version += 1
    record.save(update_fields=[*fields, "version", "updated_at"])
