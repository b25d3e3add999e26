"""Whose record a worker's account stands for."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q

from talent.people.models import Person


def own_ids(user: Any) -> list[uuid.UUID]:
    """The id of a worker's own record and of those that were merged into it; none for others."""
    if not user.has_perm("talent.view_own_record"):
        return []
    own = Q(user=user) | Q(merged_into__user=user)
    return list(Person.objects.filter(own).values_list("pk", flat=True))
