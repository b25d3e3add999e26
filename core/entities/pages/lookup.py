"""Suggestions for a look-up field: records of the entity whose name holds a text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.audit.models import ReadEvent
from core.entities.pages.base import EntityPage
from core.regions.names import place_name
from core.text import tidy_name

_MOST = 12


class LookupPage(EntityPage):
    page = "lookup"
    # Field that is matched.
    matched = "name"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("view")
        params = self.request.GET
        text = tidy_name(params.get(f"{params.get('name', '')}_text", params.get("q", "")))
        found = []
        if text:
            rows = self.reach.rows().filter(**{f"{self.matched}__icontains": text})
            if "ended_on" in self.entity.field_names:
                rows = rows.filter(ended_on=None)
            records = list(rows.order_by(self.matched, "pk")[:_MOST])
            self.reach.leave_read_event(ReadEvent.Kind.SEARCH, records)
            found = [(row.pk, str(row), place_name(row.scope_code() or "")) for row in records]
        context = {"found": found, "field": params.get("field", ""), "text": text}
        return render(self.request, "widgets/lookup_choices.html", context)
