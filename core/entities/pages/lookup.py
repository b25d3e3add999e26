"""Suggestions for a LookupField: records of the entity whose name starts with a text."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from core.audit.models import ReadEvent
from core.entities.display import in_words, record_url
from core.entities.pages.base import EntityBase
from core.regions.names import place_name
from core.secrecy.numbers import Secret, secret_in
from core.text import normalise


class LookupPage(EntityBase):
    # Field a lookup matches, and whether matches inside the name count.
    lookup_field: ClassVar[str] = "name"

    def lookup_page(self) -> HttpResponse:
        self.require("view")
        params = self.request.GET
        text = normalise(params.get(f"{params.get('name', '')}_text", params.get("q", "")))
        found = []
        if text:
            rows = self.rows().filter(**{f"{self.lookup_field}__icontains": text})
            if any(f.name == "ended_on" for f in self.model._meta.fields):
                rows = rows.filter(ended_on=None)
            records = list(rows.order_by(self.lookup_field, "pk")[:12])
            self.leave_read_event(ReadEvent.Kind.SEARCH, records)
            found = [(row.pk, str(row), place_name(row.scope_code() or "")) for row in records]
        context = {"found": found, "field": params.get("field", ""), "text": text}
        return render(self.request, "widgets/lookup_choices.html", context)

    # Attributes that tell found records apart in the search of the top bar.
    found_facts: ClassVar[tuple[str, ...]] = ()
    _FOUND = 6

    def elsewhere(self, secret: Secret) -> dict[str, Any]:
        """What may be said of a number that the own area does not have; `elsewhere` is a county
        code, None where nobody has it. Override."""
        return {}

    @classmethod
    def found_for(cls, request: Any, text: str) -> dict[str, Any] | None:
        """What the top bar's search shows of this entity, None when nothing is found."""
        view: Any = cls(page="list")
        view.setup(request)
        secret = secret_in(text)
        rows = view.rows()
        if secret is not None:
            condition = view.secret_condition(secret)
            rows = rows.filter(condition) if condition is not None else rows.none()
        else:
            filterset = view.filterset({}, queryset=rows, request=request)
            rows = rows.filter(filterset.search(text))
        found = list(rows.select_related(*cls.select_related).order_by()[: cls._FOUND + 1])
        if not found:
            return None
        shown_rows = found[: cls._FOUND]
        view.leave_read_event(ReadEvent.Kind.SEARCH, shown_rows)
        more = (
            f"{cls.url('list')}?{urlencode({'q': text})}"
            if len(found) > cls._FOUND and not secret
            else ""
        )
        return {
            "label": cls.list_label(),
            "rows": [
                {
                    "title": str(row),
                    "url": record_url(row),
                    "facts": " · ".join(
                        value for name in cls.found_facts if (value := in_words(row, name))
                    ),
                    "state": view.state_of(row),
                }
                for row in shown_rows
            ],
            "more": more,
        }
