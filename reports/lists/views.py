"""The list behind a number: who or what counts, and why, page by page and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse

from core.entities.models import SavedView
from core.entities.pages.base import EntityPage
from core.entities.pages.export import ExportPage, asked_by, chosen_ids
from core.entities.pages.list import ListPage
from core.entities.paging import Page
from reports.asking import needs
from reports.lists.asking import Asked, list_asked
from reports.lists.kinds import LISTS, READ
from reports.lists.listing import FigureListing
from reports.lists.settled import SettledListing
from reports.periods.models import Settlement
from reports.periods.settlements import CORRECTED

# Parameters that say with region and indicator which list it is.
_ASKED = ("on", "part")


class FigurePage(EntityPage):
    """Of the kind of rows that the figure of the address counts, frozen where it is settled."""

    asked: Asked
    settlement: Settlement | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.asked = list_asked(request, kwargs["region"], kwargs["code"])
        self.settlement = self.asked.settlement
        kind = LISTS[self.asked.indicator.population.code]
        self.entity = kind.counted
        if self.settlement:
            self.entity = kind.corrected if self.asked.part == CORRECTED else kind.settled
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def kept(self) -> Mapping[str, str]:
        given = self.request.GET
        return {name: given[name] for name in _ASKED if given.get(name)}

    def url(self, page: str) -> str:
        address = self.entity.url(page, **self.kwargs)
        return f"{address}?{urlencode(self.kept)}" if self.kept else address

    def listing(self, params: QueryDict, secret: Any = None) -> FigureListing:
        given = (self.asked, self.reach, self.request, params, secret)
        return SettledListing(self.settlement, *given) if self.settlement else FigureListing(*given)


class FigureList(FigurePage, ListPage):
    @property
    def views(self) -> list[SavedView]:  # type: ignore[override]
        """A view is kept of a list that has one address, this one has one a figure."""
        return []

    def _saved(self, params: QueryDict) -> dict[str, Any]:
        return {"all_url": self.url("list")}

    def show(self, listing: FigureListing) -> HttpResponse:  # type: ignore[override]
        """The list; to htmx asking `count` only how long it is now."""
        htmx = self.request.htmx
        if htmx and htmx.target != "list" and "count" in listing.params and not self.settlement:
            return render(self.request, "reports/list.html#now", listing.figures())
        return super().show(listing)

    def list_context(self, listing: FigureListing, page: Page) -> dict[str, Any]:  # type: ignore[override]
        board = reverse("dashboard", kwargs={"region": self.asked.region})
        asked = urlencode({"on": self.asked.day.isoformat(), "i": self.asked.indicator.code})
        return super().list_context(listing, page) | {
            "is_counted": False,
            "count": listing.count,
            "print_scope": listing.words(),
            "empty_link": {"url": f"{board}?{asked}", "label": "回到看板"},
            **listing.said(),
        }


class FigureExport(FigurePage, ExportPage):
    """The whole list with the reasons, as far as a sheet takes it."""

    most = None

    def count(self, listing: FigureListing, rows: Any) -> int:  # type: ignore[override]
        """Those that were chosen; of a crowded list as far as it is known without counting it."""
        return int(rows.count()) if chosen_ids(self.request.POST) else listing.size

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The form repeats the address of its list, or says what of it matters.
        asked = asked_by(request.POST).copy()
        for name in _ASKED:
            if said := request.POST.get(name) or request.GET.get(name):
                asked[name] = said
        request.GET = asked
        return super().dispatch(request, *args, **kwargs)


indicator_list = needs(READ)(FigureList.as_view())
indicator_export = needs(READ)(FigureExport.as_view())
