"""Whose figures, and whose lists, a user sees."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core.regions.tree import divisions_on
from core.scoping import ScopedQuerySet


class StatisticsQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """Figures of the own region and below, and of the siblings under the same parent.

        Figures, not lists: staff and viewers may compare themselves with their
        neighbours and with every region above them.
        """
        if not getattr(user, "is_active", False) or not getattr(user, "has_record_scope", False):
            return self.none()
        if not user.region_id:
            return self.none()
        own = user.region_id
        parent = own[:-3] if len(own) == 9 else own[:-2]
        above = [own[:n] for n in (2, 4, 6) if n < len(own)]
        # Its figures of the days before a succession stand under the codes of then.
        sources = divisions_on(timezone.localdate()).sources(own)
        before = [code for code in sources if not code.startswith(own)]
        visible = Q(region__code__startswith=own) | Q(region__in=[*above, *before])
        if own == settings.PROVINCE_CODE:
            visible |= Q(region=None)
        if len(own) > 2:
            visible |= Q(region__parent=parent)
        return self.filter(visible)


def parent_of(code: str) -> str:
    return code[:-3] if len(code) == 9 else code[:-2]


def may_see(user: Any, code: str) -> bool:
    """Figures of the own region and below, of those above, and of the neighbours."""
    own, code = user.region_id or "-", _now(code)
    siblings = len(own) > 2 and len(code) == len(own) and parent_of(code) == parent_of(own)
    return code.startswith(own) or own.startswith(code) or siblings


def may_list(user: Any, code: str) -> bool:
    """Lists only of the own region and below."""
    return bool(user.region_id) and _now(code).startswith(user.region_id)


def _now(code: str) -> str:
    """The region of today that a code of the past stands for."""
    return divisions_on(timezone.localdate()).effective(code) or code
