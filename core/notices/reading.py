"""Messages as pages show them."""

from __future__ import annotations

import uuid
from typing import Any

from core.notices.models import Notice


def notices_for(user: Any, *, limit: int) -> tuple[list[Notice], int]:
    """The first of the open messages by their due day, and how many there are in all."""
    rows = Notice.objects.for_user(user).open()
    shown = list(rows.by_due_day()[:limit])
    return shown, len(shown) if len(shown) < limit else rows.count()


def named_in(notices: list[Notice]) -> list[uuid.UUID]:
    """The people whom messages name: showing those to somebody else is reading about them."""
    return sorted({notice.person for notice in notices if notice.person and notice.subject})
