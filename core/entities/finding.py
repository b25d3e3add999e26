"""What the search of the top bar finds of an entity."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from core.audit.models import ReadEvent
from core.entities.display import in_words, record_url
from core.entities.entity import Entity
from core.entities.made import filters_of
from core.entities.navigation import in_order
from core.entities.reach import Reach
from core.secrecy.numbers import secret_in

_FOUND = 6


def searched_by(user: Any) -> list[Entity]:
    """Entities that the top bar searches, as far as the user may see them."""
    return [e for e in in_order() if e.is_searched and Reach(e, user).may("view")]


def found_for(entity: Entity, request: Any, text: str) -> dict[str, Any] | None:
    """What the search shows of an entity, None when nothing is found."""
    reach = Reach(entity, request.user)
    secret, rows = secret_in(text), reach.rows()
    if secret is not None:
        condition = entity.found_by(secret) if entity.found_by else None
        rows = rows.filter(condition) if condition is not None else rows.none()
    else:
        filterset = filters_of(entity)({}, queryset=rows, request=request)
        rows = rows.filter(filterset.search(text))
    found = list(entity.joined(rows).order_by()[: _FOUND + 1])
    if not found:
        return None
    shown_rows = found[:_FOUND]
    reach.leave_read_event(ReadEvent.Kind.SEARCH, shown_rows)
    has_more = len(found) > _FOUND and not secret
    return {
        "label": entity.list_label,
        "rows": [
            {
                "title": str(row),
                "url": record_url(row),
                "facts": " · ".join(
                    value for name in entity.found_facts.split() if (value := in_words(row, name))
                ),
                "state": entity.state_of(row),
            }
            for row in shown_rows
        ],
        "more": f"{entity.url('list')}?{urlencode({'q': text})}" if has_more else "",
    }
