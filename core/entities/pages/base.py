"""What the pages of an entity share: the entity, the user's reach, the frame of a template."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from core.entities.entity import Entity
from core.entities.listing import Listing
from core.entities.reach import Reach

if TYPE_CHECKING:
    from django.http import QueryDict

    from core.entities.reach import SignedIn
    from core.secrecy.numbers import Secret


class EntityPage(View):
    """One page of one entity; addresses.py gives it an address. A record out of reach is 404,
    a missing permission 403."""

    # Given by as_view.
    entity: Entity = None  # type: ignore[assignment]
    page: ClassVar[str]
    request: SignedIn  # type: ignore[assignment]

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.entity, self.request.user)

    def url(self, page: str) -> str:
        """The address of another page of the entity."""
        return self.entity.url(page)

    def listing(self, params: QueryDict, secret: Secret | None = None) -> Listing:
        return Listing(self.reach, self.request, params, secret)

    def record(self, *, lock: bool = False) -> Any:
        """The record of the address."""
        return self.reach.get(self.kwargs["pk"], lock=lock)

    def context(self, **extra: Any) -> dict[str, Any]:
        return {
            "entity": self.entity,
            "label": self.entity.label,
            "list_label": self.entity.list_label,
            "list_url": self.url("list"),
            "today": timezone.localdate(),
            **extra,
        }

    def render(
        self, context: dict[str, Any], *, status: int = 200, piece: str = "", page: str = ""
    ) -> HttpResponse:
        """The page's template, or a named piece of it."""
        template = self.entity.template(page or self.page)
        return render(self.request, f"{template}{piece}", context, status=status)

    def parent_context(self, record: Any) -> dict[str, Any]:
        return {"record": record, "parent_record": self.entity.parent_of(record)}
