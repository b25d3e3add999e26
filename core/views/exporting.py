"""Export of a list to Excel, as it is filtered, through the one writer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict

from core.views.base import EntityBase


class ExportPage(EntityBase):
    """POST only: an export leaves a ReadEvent. `filter` is the list's query string, `ids`
    the selected rows unless `all_matching` is set."""

    def export_page(self) -> HttpResponse:
        self.require("export")
        return self.http_method_not_allowed(self.request)

    def export_submitted(self) -> HttpResponse:
        self.require("export")
        return self.export(self.export_rows())

    def export_rows(self) -> Any:
        """The rows in scope that the list shows, or the selected ones of them."""
        params = QueryDict(self.request.POST.get("filter", "").lstrip("?"))
        filterset = self.filtered(params)  # type: ignore[attr-defined]
        rows = filterset.qs
        ids = self.request.POST.getlist("ids")
        if ids and not self.request.POST.get("all_matching"):
            rows = self.rows().filter(pk__in=ids[:200])
        return rows

    def export(self, rows: Any) -> HttpResponse:
        raise Http404
