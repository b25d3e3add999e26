"""What a region field asks while one chooses or types; only regions in the user's scope."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.forms.fields import place_label
from core.forms.widgets import RegionWidget
from core.identity import division_names
from core.models import Region
from core.places import place_name, resolve_regions
from core.text import normalise


def _field(request: HttpRequest) -> tuple[str, str]:
    """The field's name and id, as far as they are plain words."""
    name, field = request.GET.get("name", ""), request.GET.get("id", "")
    return (name if name.isidentifier() else "region"), (
        field if field.isidentifier() else "id_region"
    )


@require_GET
def cascade(request: HttpRequest) -> HttpResponse:
    """The widget again, with the selects down to what was just chosen."""
    name, field_id = _field(request)
    picks = request.GET.getlist(f"{name}_pick")
    code = next((p for p in picks if p), "") or request.GET.get("up", "")
    user: Any = request.user
    if not Region.objects.for_user(user).filter(pk=code).exists():
        code = ""
    widget = RegionWidget()
    widget.user = user
    return HttpResponse(widget.render(name, code, {"id": field_id}))


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    name, field_id = _field(request)
    text = normalise(request.GET.get(f"{name}_text", ""))
    found = resolve_regions(text, request.user) if text else []
    context = {
        "found": [(r.pk, place_name(r.pk)) for r in found],
        "name": name,
        "field": field_id,
        "text": text,
    }
    return render(request, "widgets/region_choices.html", context)


@require_GET
def place_suggest(request: HttpRequest) -> HttpResponse:
    """Counties of the whole country by name or code: public codes, no records."""
    name = request.GET.get("name", "")
    field = request.GET.get("field", "")
    text = normalise(request.GET.get(name if name.isidentifier() else "q", ""))
    found = []
    if text:
        for code, label in division_names().items():
            if not code.endswith("0000") and (code.startswith(text) or label.startswith(text)):
                found.append(f"{place_label(code)} {code}")
                if len(found) == 10:
                    break
    context = {"found": found, "field": field if field.isidentifier() else "", "text": text}
    return render(request, "widgets/place_choices.html", context)
